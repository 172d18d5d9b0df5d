package io.mcpgate.examples.matrix;

import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import java.net.URI;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Two {@link SdkServer}s over HTTP in this JVM: the one to be asked, and one that stands by and is never told to change. */
final class SdkHttp implements AutoCloseable {
    private static final String ASKED = "/mcp";
    private static final String BYSTANDER = "/bystander";

    private final Server jetty = new Server();
    private final ServerConnector connector = new ServerConnector(jetty);
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final SdkServer asked = mount(ASKED);
    private final SdkServer bystander = mount(BYSTANDER);

    /** Serves on a free port until closed. */
    SdkHttp() throws Exception {
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        jetty.setHandler(context);
        jetty.start();
    }

    private SdkServer mount(String path) {
        var provider = HttpServletStreamableServerTransportProvider.builder()
                .mcpEndpoint(path)
                .build();
        ServletHolder holder = new ServletHolder(provider);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path + "/*");
        return SdkServer.over(provider);
    }

    URI asked() {
        return uri(ASKED);
    }

    URI bystander() {
        return uri(BYSTANDER);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
    }

    @Override
    public void close() {
        asked.close();
        bystander.close();
        try {
            jetty.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
