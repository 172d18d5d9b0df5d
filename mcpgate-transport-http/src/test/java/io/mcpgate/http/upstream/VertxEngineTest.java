package io.mcpgate.http.upstream;

import io.mcpgate.http.vertx.VertxEngine;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class VertxEngineTest {
    private static Vertx vertx;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    @Nested
    class LegacyCalls extends LegacyCallsScenarios implements OnVertx {}

    @Nested
    class LegacySessions extends LegacySessionsScenarios implements OnVertx {}

    @Nested
    class GeneralStream extends GeneralStreamScenarios implements OnVertx {}

    @Nested
    class Resumption extends ResumptionScenarios implements OnVertx {}

    @Nested
    class OldTransport extends OldTransportScenarios implements OnVertx {}

    @Nested
    class ModernServers extends ModernServersScenarios implements OnVertx {}

    @Nested
    class Answers extends AnswersScenarios implements OnVertx {}

    @Nested
    class BrokenServers extends BrokenServersScenarios implements OnVertx {}

    /** Mixed with scenarios, makes them tests of this engine. */
    private interface OnVertx extends OnEngine {
        @Override
        default HttpEngine engine() {
            return VertxEngine.on(vertx);
        }
    }
}
