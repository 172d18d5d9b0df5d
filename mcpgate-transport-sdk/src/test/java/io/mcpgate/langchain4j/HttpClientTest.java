package io.mcpgate.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpClientTest extends ClientScenarios {
    private final Server jetty = new Server();
    private final ServerConnector connector = new ServerConnector(jetty);
    private final List<Desk> desks = new ArrayList<>();
    private final Front front = new Front();

    /** The server, which can be replaced by one that knows no sessions yet. */
    private final class Front extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private transient HttpServletStreamableServerTransportProvider provider = open(null);

        private HttpServletStreamableServerTransportProvider open(Duration keepAlive) {
            provider = HttpServletStreamableServerTransportProvider.builder()
                    .mcpEndpoint("/mcp")
                    .keepAliveInterval(keepAlive)
                    .build();
            desks.add(new Desk(McpServer.sync(provider)));
            return provider;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                provider.service(request, response);
            } catch (jakarta.servlet.ServletException failed) {
                throw new IOException(failed);
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(front);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/mcp/*");
        jetty.setHandler(context);
        jetty.start();
    }

    @AfterEach
    void stop() throws Exception {
        desks.forEach(Desk::close);
        jetty.stop();
    }

    @Override
    McpTransport transport() {
        return transport(false);
    }

    /**
     * The SDK's server sends no headers of its stream before there is something on it; LangChain4j's client waits for them.
     * What keeps it alive must be answered within its interval, otherwise the server refuses the answer as one to nothing, and
     * this makes the client give up the stream for five seconds.
     */
    @Override
    McpTransport listening() {
        front.open(Duration.ofSeconds(2));
        return transport(true);
    }

    /** The server's ping came by the stream. */
    @Override
    void awaitListening() {
        await().until(() -> seen.contains("ping"));
    }

    private McpTransport transport(boolean listening) {
        return StreamableHttpMcpTransport.builder()
                .url("http://127.0.0.1:" + connector.getLocalPort() + "/mcp")
                .subsidiaryChannel(listening)
                .build();
    }

    @Test
    void goesOnAfterTheServerHasForgottenTheSession() {
        DefaultMcpClient client = client(McpLangChain4j.wrap(gateway, "desk", ANN, transport()), builder -> builder);
        call(client, "find");
        front.open(null);

        assertThat(call(client, "find"))
                .as("the transport begins a new session by itself")
                .isEqualTo("found x");
    }
}
