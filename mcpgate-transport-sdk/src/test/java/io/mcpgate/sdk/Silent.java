package io.mcpgate.sdk;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Takes everything and says nothing but what the test says. */
record Silent(List<JSONRPCMessage> sent, AtomicReference<Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>>> handler)
        implements McpClientTransport {
    Silent(List<JSONRPCMessage> sent) {
        this(sent, new AtomicReference<>());
    }

    /** Something comes from the server, on whatever session: those who are connected now get it, as with HTTP. */
    void comes(JSONRPCMessage message) {
        handler.get().apply(Mono.just(message)).block();
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> receive) {
        handler.set(receive);
        return Mono.empty();
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> sent.add(message));
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return Crm.JSON.convertValue(data, type);
    }
}
