package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.wrap.ClientEdge;
import io.mcpgate.core.wrap.Wrap;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The transport of a stateless server with the gateway between it and the server: each request is a call of its own, made by
 * whoever its transport context says. There is no way to the client but the response.
 */
final class GovernedStatelessTransport implements McpStatelessServerTransport {
    private final Function<McpTransportContext, Credential> who;
    private final McpStatelessServerTransport transport;
    private final SdkMessages messages;
    private final ClientEdge clients;

    GovernedStatelessTransport(
            Gate gate,
            String server,
            Function<McpTransportContext, Credential> who,
            McpStatelessServerTransport transport,
            McpJsonMapper mapper) {
        Wrap.requireWrapped(gate, server);
        this.who = who;
        this.transport = transport;
        this.messages = new SdkMessages(mapper::convertValue);
        this.clients = ClientEdge.stateless(gate, server);
    }

    @Override
    public void setMcpHandler(McpStatelessServerHandler handler) {
        transport.setMcpHandler(new Governed(handler));
    }

    @Override
    public Mono<Void> closeGracefully() {
        return transport.closeGracefully();
    }

    @Override
    public void close() {
        transport.close();
    }

    @Override
    public List<String> protocolVersions() {
        return transport.protocolVersions();
    }

    @Override
    public String toString() {
        return "GovernedStatelessTransport[" + transport + "]";
    }

    /** The server's handler, behind the gateway. */
    private final class Governed implements McpStatelessServerHandler {
        private final McpStatelessServerHandler handler;

        Governed(McpStatelessServerHandler handler) {
            this.handler = handler;
        }

        @Override
        public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
            return through(context, () -> messages.read(request)).map(reply -> response(request, reply));
        }

        /** A notification that is refused has no answer; the audit knows of it. */
        @Override
        public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
            return through(context, () -> messages.read(notification)).then();
        }

        private Mono<Reply> through(@Nullable McpTransportContext context, java.util.function.Supplier<Envelope> read) {
            return Mono.deferContextual(reactor -> {
                Visit visit = new Visit(reactor, context == null ? McpTransportContext.EMPTY : context, who);
                Envelope.Request request = (Envelope.Request) read.get();
                CompletionStage<Reply> reply = clients.call(
                        request,
                        call -> visit.dress(call).with(WrappedUpstream.ONWARD, onward -> toHandler(onward, visit)));
                return Mono.fromCompletionStage(reply).doOnCancel(visit::cancel);
            });
        }

        private CompletionStage<Reply> toHandler(Call call, Visit visit) {
            McpTransportContext known = CallerContext.of(visit.provided(), call.principal());
            Object message = messages.write(new Envelope.Request(call.id().orElse(null), call.method(), call.params()));
            Mono<Reply> handled = message instanceof JSONRPCRequest request
                    ? handler.handleRequest(known, request)
                            .map(response -> reply(messages.read(response)))
                            .defaultIfEmpty(Reply.failure(ErrorCode.BAD_UPSTREAM, "The server gave no answer"))
                    : handler.handleNotification(known, (JSONRPCNotification) message)
                            .thenReturn(Reply.accepted());
            return HostCode.run(handled, call, visit.context(), visit.provided())
                    .exceptionally(GovernedStatelessTransport::unlessCancelled);
        }
    }

    private static Reply unlessCancelled(Throwable error) {
        if (error instanceof CancellationException) {
            return Reply.failure(ErrorCode.CANCELLED, "The call was cancelled");
        }
        throw new CompletionException(error);
    }

    private static Reply reply(Envelope response) {
        return response instanceof Envelope.Failed failed
                ? failed.reply()
                : Envelope.Result.reply(((Envelope.Result) response).result());
    }

    /** Under the very id that came. */
    private JSONRPCResponse response(JSONRPCRequest request, Reply reply) {
        Envelope.Request read = (Envelope.Request) messages.read(request);
        var id = read.id();
        if (id == null) {
            throw new IllegalStateException("A request has an id");
        }
        JSONRPCResponse response =
                (JSONRPCResponse) messages.write(Frame.response(id, reply).message());
        return new JSONRPCResponse(McpSchema.JSONRPC_VERSION, request.id(), response.result(), response.error());
    }
}
