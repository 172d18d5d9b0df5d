package io.mcpgate.sdk;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Answers each request with what no version of the SDK knows. */
record Echo(List<JSONRPCMessage> sent, AtomicReference<Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>>> handler)
        implements McpClientTransport {
    Echo(List<JSONRPCMessage> sent) {
        this(sent, new AtomicReference<>());
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> receive) {
        handler.set(receive);
        return Mono.empty();
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        sent.add(message);
        JSONRPCRequest request = (JSONRPCRequest) message;
        Map<String, Object> result = Map.of("content", List.of(), "also unknown", 1);
        return handler.get()
                .apply(Mono.just(new JSONRPCResponse("2.0", request.id(), result, null)))
                .then();
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
