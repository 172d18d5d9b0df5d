package io.mcpgate.http.endpoint;

import io.mcpgate.http.servlet.McpServlet;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Nested;

/** The endpoint as a servlet, in Jetty. */
class JettyEndpointTest {
    @Nested
    class Credentials extends CredentialsScenarios implements OnJetty {}

    @Nested
    class FrontDoor extends FrontDoorScenarios implements OnJetty {}

    @Nested
    class Bodies extends BodiesScenarios implements OnJetty {}

    @Nested
    class BodiesAtOnce extends BodiesAtOnceScenarios implements OnJetty {}

    @Nested
    class ModernRequests extends ModernRequestsScenarios implements OnJetty {}

    @Nested
    class ParameterHeaders extends ParameterHeadersScenarios implements OnJetty {}

    @Nested
    class LegacySessions extends LegacySessionsScenarios implements OnJetty {}

    @Nested
    class LegacyCalls extends LegacyCallsScenarios implements OnJetty {}

    @Nested
    class LegacyBatches extends LegacyBatchesScenarios implements OnJetty {}

    @Nested
    class GeneralStreams extends GeneralStreamsScenarios implements OnJetty {}

    @Nested
    class Priming extends PrimingScenarios implements OnJetty {}

    @Nested
    class Resuming extends ResumingScenarios implements OnJetty {}

    @Nested
    class Replay extends ReplayScenarios implements OnJetty {}

    @Nested
    class Closing extends ClosingScenarios implements OnJetty {}

    /** Mixed with scenarios, makes them tests of this engine. */
    private interface OnJetty extends Served {
        @Override
        default Engine serve(McpEndpoint endpoint, Duration bodyTimeout) throws Exception {
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server, 1, 1);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler();
            context.addServlet(new ServletHolder(new McpServlet(endpoint, bodyTimeout)), "/*");
            server.setHandler(context);
            server.start();
            return new Engine() {
                @Override
                public int port() {
                    return connector.getLocalPort();
                }

                @Override
                public void close() {
                    try {
                        server.stop();
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                }
            };
        }
    }
}
