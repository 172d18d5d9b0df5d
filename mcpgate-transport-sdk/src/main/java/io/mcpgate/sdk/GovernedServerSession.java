package io.mcpgate.sdk;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * What a transport provider takes for the server's session. What its client sends goes through the gateway to the real
 * one; everything else is the real one's. It has no handlers of its own.
 */
final class GovernedServerSession extends McpServerSession {
    private final ServerConversation conversation;
    private final McpServerSession real;

    GovernedServerSession(ServerConversation conversation) {
        super(
                conversation.session().getId(),
                Duration.ofSeconds(1), // for requests that it would send itself: it sends none
                conversation.outward(),
                request -> Mono.empty(),
                Map.of(),
                Map.of());
        this.conversation = conversation;
        this.real = conversation.session();
    }

    @Override
    public Mono<Void> handle(JSONRPCMessage message) {
        return conversation.fromClient(message);
    }

    @Override
    public String getId() {
        return real.getId();
    }

    @Override
    public void init(McpSchema.ClientCapabilities capabilities, McpSchema.Implementation clientInfo) {
        real.init(capabilities, clientInfo);
    }

    @Override
    public void setMinLoggingLevel(McpSchema.LoggingLevel level) {
        real.setMinLoggingLevel(level);
    }

    @Override
    public boolean isNotificationForLevelAllowed(McpSchema.LoggingLevel level) {
        return real.isNotificationForLevelAllowed(level);
    }

    @Override
    public <T> Mono<T> sendRequest(String method, Object params, TypeRef<T> type) {
        return real.sendRequest(method, params, type);
    }

    @Override
    public Mono<Void> sendNotification(String method, Object params) {
        return real.sendNotification(method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.defer(() -> {
            conversation.end();
            return real.closeGracefully();
        });
    }

    @Override
    public void close() {
        conversation.end();
        real.close();
    }

    @Override
    public String toString() {
        return "GovernedServerSession[" + real.getId() + "]";
    }
}
