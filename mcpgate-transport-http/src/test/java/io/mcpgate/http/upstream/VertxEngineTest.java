package io.mcpgate.http.upstream;

import io.mcpgate.http.vertx.VertxEngine;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class VertxEngineTest extends HttpConnectorContract {
    private static Vertx vertx;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    @Override
    HttpEngine engine() {
        return VertxEngine.on(vertx);
    }

    @Nested
    class Resumption extends ResumptionScenarios {
        @Override
        HttpEngine engine() {
            return VertxEngine.on(vertx);
        }
    }

    @Nested
    class OldTransport extends OldTransportScenarios {
        @Override
        HttpEngine engine() {
            return VertxEngine.on(vertx);
        }
    }
}
