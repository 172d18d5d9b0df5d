package io.mcpgate.examples.embed;

import io.mcpgate.Principal;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.servlet.McpServlet;
import io.mcpgate.policy.PolicyStore;
import io.mcpgate.sdk.InProcessServer;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.Map;
import java.util.function.Function;

/**
 * An application has a server of the official SDK and offers it over HTTP: in place of the SDK's servlet it builds the server
 * on {@link InProcessServer} and mounts the gateway's servlet. Clients without a key get 401 and are told what to show; who
 * calls is known from the first message on; and clients of 2026-07-28 are served although the server knows only sessions.
 */
public final class GovernSdkServer implements AutoCloseable {
    private final McpSyncServer server;
    private final Gateway gateway;

    /**
     * Builds the server, and the gateway around it.
     *
     * @param build builds the application's server: {@code provider -> McpServer.sync(provider)…build()}
     * @param keys hash of each API key → whose it is
     */
    public GovernSdkServer(
            Function<McpServerTransportProvider, McpSyncServer> build,
            Map<String, Principal> keys,
            PolicyStore policies,
            AuditSink audit) {
        InProcessServer inProcess = new InProcessServer(McpJsonDefaults.getMapper());
        server = build.apply(inProcess);
        gateway = Gateway.builder()
                .server("crm", inProcess)
                .authenticator(new ApiKeys(keys, null)) // null: nobody without a key
                .policies(policies)
                .audit(audit)
                .build();
    }

    /** What the container mounts at {@code /mcp/*}, with asynchronous support: the server is at {@code /mcp/crm}. */
    public McpServlet servlet() {
        return new McpServlet(McpEndpoint.over(gateway).build());
    }

    @Override
    public void close() {
        gateway.close();
        server.close();
    }
}
