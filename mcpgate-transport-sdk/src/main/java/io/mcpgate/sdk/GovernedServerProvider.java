package io.mcpgate.sdk;

import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.wrap.Wrap;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** The transports of a server's clients, with the gateway between each of them and the server's session for it. */
final class GovernedServerProvider implements McpServerTransportProvider {
    private final Gate gate;
    private final String server;
    private final Function<McpTransportContext, Credential> who;
    private final McpServerTransportProvider provider;

    GovernedServerProvider(
            Gate gate,
            String server,
            Function<McpTransportContext, Credential> who,
            McpServerTransportProvider provider) {
        Wrap.requireWrapped(gate, server); // now, and not when the first client comes
        this.gate = gate;
        this.server = server;
        this.who = who;
        this.provider = provider;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        provider.setSessionFactory(
                transport -> new GovernedServerSession(new ServerConversation(gate, server, who, factory, transport)));
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return provider.notifyClients(method, params);
    }

    /** The SDK has had this since 1.1; an older one does not ask. */
    @Override
    public Mono<Void> notifyClient(String sessionId, String method, Object params) {
        return provider.notifyClient(sessionId, method, params);
    }

    @Override
    public void close() {
        provider.close();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return provider.closeGracefully();
    }

    @Override
    public List<String> protocolVersions() {
        return provider.protocolVersions();
    }

    @Override
    public String toString() {
        return "GovernedServerProvider[" + server + " over " + provider + "]";
    }
}
