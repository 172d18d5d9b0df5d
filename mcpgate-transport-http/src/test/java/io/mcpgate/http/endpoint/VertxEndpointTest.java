package io.mcpgate.http.endpoint;

import io.mcpgate.http.vertx.ServerLimits;
import io.mcpgate.http.vertx.VertxServer;
import java.time.Duration;

class VertxEndpointTest extends EndpointScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) {
        return engine(endpoint);
    }

    static Engine engine(McpEndpoint endpoint) {
        VertxServer server = VertxServer.of(endpoint)
                .limits(ServerLimits.DEFAULT.withTimeouts(
                        Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(20)))
                .drain(Duration.ofMillis(500))
                .build();
        server.start().toCompletableFuture().join();
        return new Engine() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
