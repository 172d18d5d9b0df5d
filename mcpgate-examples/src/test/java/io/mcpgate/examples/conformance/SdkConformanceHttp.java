package io.mcpgate.examples.conformance;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.examples.tap.WireTap;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.servlet.McpServlet;
import io.mcpgate.sdk.InProcessServer;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * {@link SdkConformanceServer} twice in one servlet container: on the SDK's own HTTP transport, and on a transport in this
 * process that ends in a gateway, of which the container has the servlet. Everybody may do everything.
 */
final class SdkConformanceHttp implements AutoCloseable {
    private static final String DIRECT = "/direct";
    private static final String WRAPPED = "/mcp/conformance";

    private final Server jetty = new Server();
    private final ServerConnector connector = new ServerConnector(jetty);
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final HttpServletStreamableServerTransportProvider http =
            HttpServletStreamableServerTransportProvider.builder()
                    .mcpEndpoint(DIRECT)
                    .build();
    private final InProcessServer inProcess = new InProcessServer(McpJsonDefaults.getMapper());
    private final List<McpSyncServer> servers = List.of(
            SdkConformanceServer.build(McpServer.sync(http)), SdkConformanceServer.build(McpServer.sync(inProcess)));
    private final Gateway gateway = Gateway.builder()
            .server("conformance", inProcess)
            .authenticator(new ApiKeys(Map.of(), Principal.of("suite", "all")))
            .policies(new RolePolicyStore(List.of(Role.allowing("all", Grant.everything("conformance")))))
            .audit(new InMemoryAuditSink(1_000))
            .build();
    private final WireTap wire = new WireTap();
    private final URI wrapped;

    /** Serves on a free port until closed. */
    SdkConformanceHttp() throws Exception {
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        jetty.setHandler(context);
        mount(http, DIRECT);
        mount(new McpServlet(McpEndpoint.over(gateway).build()), "/mcp");
        jetty.start();
        wrapped = wire.clients(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"))
                .resolve(WRAPPED);
    }

    private void mount(HttpServlet servlet, String path) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path + "/*");
    }

    URI direct() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + DIRECT);
    }

    /** Behind a tap, which judges what the gateway says. */
    URI wrapped() {
        return wrapped;
    }

    /** Fails if the gateway has said what is not valid. */
    @Override
    public void close() throws IOException {
        servers.forEach(McpSyncServer::close);
        gateway.close();
        try {
            jetty.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        } finally {
            wire.close();
        }
    }
}
