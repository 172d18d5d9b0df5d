package io.mcpgate.http.endpoint;

import io.mcpgate.http.servlet.McpServlet;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

class JettyEndpointTest extends EndpointScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return engine(endpoint);
    }

    static Engine engine(McpEndpoint endpoint) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new McpServlet(endpoint, Duration.ofSeconds(1))), "/*");
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
