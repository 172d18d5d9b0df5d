package io.mcpgate.sdk;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A transport in front of another one, which sees what is sent. */
final class Tapped implements McpClientTransport {
    private final McpClientTransport transport;
    private final Consumer<JSONRPCMessage> onSend;
    Consumer<Object> context = any -> {};
    Consumer<Throwable> handler = any -> {};
    boolean closed;

    Tapped(McpClientTransport transport, Consumer<JSONRPCMessage> onSend) {
        this.transport = transport;
        this.onSend = onSend;
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> receive) {
        return transport.connect(receive);
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.deferContextual(known -> {
            onSend.accept(message);
            context.accept(known.getOrDefault(McpTransportContext.KEY, null));
            return transport.sendMessage(message);
        });
    }

    @Override
    public void setExceptionHandler(Consumer<Throwable> exceptionHandler) {
        handler = exceptionHandler;
    }

    @Override
    public List<String> protocolVersions() {
        return List.of("2024-11-05", "2025-11-25");
    }

    @Override
    public Mono<Void> closeGracefully() {
        closed = true;
        return transport.closeGracefully();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return transport.unmarshalFrom(data, type);
    }
}
