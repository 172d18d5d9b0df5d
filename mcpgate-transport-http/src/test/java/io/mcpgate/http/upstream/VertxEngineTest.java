package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.RequestId;
import io.mcpgate.core.json.Frame;
import io.mcpgate.http.vertx.VertxEngine;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    @Test
    void asksForNoConnectionForWhatCannotBeWritten() {
        try (HttpEngine engine = VertxEngine.on(vertx)) {
            Frame frame = Frame.request(RequestId.of(1), "tools/call", ConnectorFixture.Unwritable.PARAMS);
            HttpEngine.Request request =
                    new HttpEngine.Request("POST", URI.create("http://127.0.0.1:1/mcp"), List.of(), frame);

            assertThatThrownBy(() -> engine.send(request, null)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Mixed with scenarios, makes them tests of this engine. */
    private interface OnVertx extends OnEngine {
        @Override
        default HttpEngine engine() {
            return VertxEngine.on(vertx);
        }
    }
}
