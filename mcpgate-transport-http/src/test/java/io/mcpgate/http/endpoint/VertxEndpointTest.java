package io.mcpgate.http.endpoint;

import io.mcpgate.http.vertx.ServerLimits;
import io.mcpgate.http.vertx.VertxServer;
import java.time.Duration;
import org.junit.jupiter.api.Nested;

/** The endpoint in the embedded server. */
class VertxEndpointTest {
    @Nested
    class Credentials extends CredentialsScenarios implements OnVertx {}

    @Nested
    class FrontDoor extends FrontDoorScenarios implements OnVertx {}

    @Nested
    class Bodies extends BodiesScenarios implements OnVertx {}

    @Nested
    class BodiesAtOnce extends BodiesAtOnceScenarios implements OnVertx {}

    @Nested
    class ModernRequests extends ModernRequestsScenarios implements OnVertx {}

    @Nested
    class ParameterHeaders extends ParameterHeadersScenarios implements OnVertx {}

    @Nested
    class LegacySessions extends LegacySessionsScenarios implements OnVertx {}

    @Nested
    class LegacyCalls extends LegacyCallsScenarios implements OnVertx {}

    @Nested
    class LegacyBatches extends LegacyBatchesScenarios implements OnVertx {}

    @Nested
    class GeneralStreams extends GeneralStreamsScenarios implements OnVertx {}

    @Nested
    class Priming extends PrimingScenarios implements OnVertx {}

    @Nested
    class Resuming extends ResumingScenarios implements OnVertx {}

    @Nested
    class Replay extends ReplayScenarios implements OnVertx {}

    @Nested
    class Closing extends ClosingScenarios implements OnVertx {}

    /** Mixed with scenarios, makes them tests of this engine. */
    private interface OnVertx extends Served {
        @Override
        default Engine serve(McpEndpoint endpoint, Duration bodyTimeout) {
            VertxServer server = VertxServer.of(endpoint)
                    .limits(ServerLimits.DEFAULT.withTimeouts(
                            Duration.ofSeconds(5), bodyTimeout, Duration.ofSeconds(20)))
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
}
