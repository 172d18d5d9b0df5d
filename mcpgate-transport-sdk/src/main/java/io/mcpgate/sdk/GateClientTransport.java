package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.wrap.ClientEdge;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A client's transport that ends in the gateway: what the client sends is served by whatever stands behind that. */
final class GateClientTransport implements McpClientTransport {
    private final Gate gate;
    private final @Nullable String server;
    private final Principal principal;
    private final McpJsonMapper mapper;
    private final SdkMessages messages;
    private final AtomicLong lastIdToClient = new AtomicLong(); // one count for all conversations
    private volatile @Nullable ClientEdge current;

    GateClientTransport(Gate gate, @Nullable String server, Principal principal, McpJsonMapper mapper) {
        if (server != null && !gate.governs(server)) {
            throw new IllegalArgumentException("This gateway has no server named \"" + server + "\"");
        }
        this.gate = gate;
        this.server = server;
        this.principal = principal;
        this.mapper = mapper;
        this.messages = new SdkMessages(mapper::convertValue);
    }

    /** Clients connect again when they have lost their session: that is a new conversation. */
    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return Mono.fromRunnable(() -> {
            ClientEdge before = current;
            current = ClientEdge.open(
                    gate,
                    server,
                    principal,
                    (frame, call) -> handler.apply(Mono.just(messages.write(frame.message())))
                            .then()
                            .toFuture(),
                    lastIdToClient);
            if (before != null) {
                before.close();
            }
        });
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.deferContextual(context -> {
            ClientEdge client = current;
            if (client == null) {
                return Mono.error(new IllegalStateException("The transport is not connected"));
            }
            Envelope envelope = messages.read(message);
            McpTransportContext provided = context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY);
            return Mono.fromCompletionStage(client.receive(envelope, call -> dressed(call, provided)));
        });
    }

    private static Call dressed(Call call, @Nullable McpTransportContext provided) {
        return provided == null ? call : call.with(McpSdk.TRANSPORT_CONTEXT, provided);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(() -> {
            ClientEdge last = current;
            current = null;
            if (last != null) {
                last.close();
            }
        });
    }

    /** Those that this version of the SDK knows; a client proposes the last one. */
    @Override
    public List<String> protocolVersions() {
        return SdkVersions.known();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return mapper.convertValue(data, type);
    }

    @Override
    public String toString() {
        return "GateClientTransport[" + (server == null ? "merged catalog" : server) + "]";
    }
}
