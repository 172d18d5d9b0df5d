package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.wrap.ServerEdge;
import io.mcpgate.core.wrap.Wrap;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A client, the gateway, and the server's session for that client. It belongs to the principal that opens it. Steps run on
 * the thread on which a message comes: the transport's when the client sends, the server's when that does.
 */
final class ServerConversation {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConversation.class);

    private final String server;
    private final Function<McpTransportContext, Credential> who;
    private final McpServerTransport transport;
    private final SdkMessages messages;
    private final McpServerTransport outward = new Outward();
    private final McpServerSession session;
    private final Wrap wrap;
    private volatile boolean begun; // a call has come through
    private volatile boolean ended;

    ServerConversation(
            Gate gate,
            String server,
            Function<McpTransportContext, Credential> who,
            McpServerSession.Factory factory,
            McpServerTransport transport) {
        this.server = server;
        this.who = who;
        this.transport = transport;
        this.messages = new SdkMessages(transport::unmarshalFrom);
        this.session = factory.create(outward);
        this.wrap = Wrap.open(gate, server, this::toClient, this::edge);
    }

    private ServerEdge edge(Duplex.Origin origin) {
        return new ServerEdge(this::toServer, origin, () -> {});
    }

    /** The server's own session. */
    McpServerSession session() {
        return session;
    }

    /** Where that sends. */
    McpServerTransport outward() {
        return outward;
    }

    /** Client and server have parted: nobody waits for anything. */
    void end() {
        ended = true;
        wrap.close();
    }

    /**
     * Takes a message of the client.
     *
     * @return completes as the server's session would: for a request, when its response has been sent. Where there is one
     *     stream for everything, an error would end that, so there is none
     */
    Mono<Void> fromClient(JSONRPCMessage message) {
        return Mono.deferContextual(context -> {
            McpTransportContext known = context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY);
            Visit visit = new Visit(context, known == null ? McpTransportContext.EMPTY : known, who);
            take(message, visit);
            return Mono.fromCompletionStage(visit.done()).doOnCancel(visit::cancel);
        });
    }

    private void take(JSONRPCMessage message, Visit visit) {
        CompletionStage<Void> taken;
        try {
            taken = wrap.client().receive(messages.read(message), visit::dress);
        } catch (RuntimeException unreadable) {
            LOG.warn("A message to the server \"{}\" could not be read: {}", server, unreadable.getMessage());
            failed(visit, unreadable);
            return;
        }
        if (!(message instanceof JSONRPCRequest)) {
            taken.whenComplete((done, error) -> visit.over());
        } else if (ended) {
            visit.over();
        }
    }

    private static void failed(Visit visit, Throwable why) {
        if (visit.isAnsweredItself()) {
            visit.failed(why);
        } else {
            visit.over();
        }
    }

    /** The gateway lets it through. */
    private CompletionStage<Void> toServer(Frame frame, Call call) {
        begun = true;
        Visit visit = Visit.of(call);
        Mono<Void> handled = session.handle(messages.write(frame.message()));
        return visit == null
                ? HostCode.deliver(
                        handled,
                        call,
                        Context.empty(),
                        CallerContext.provided(call).orElse(McpTransportContext.EMPTY))
                : HostCode.deliver(handled, call, visit.context(), visit.provided());
    }

    private CompletionStage<Void> toClient(Frame frame, Call call) {
        Visit visit = Visit.of(call);
        if (visit == null) {
            return send(frame, Context.empty());
        }
        return frame.message() instanceof Envelope.Request ? send(frame, visit.context()) : answer(frame, visit);
    }

    private CompletionStage<Void> answer(Frame frame, Visit visit) {
        if (begun
                && visit.isAnsweredItself()
                && !visit.isAdmitted()
                && frame.message() instanceof Envelope.Failed refused) {
            // Whoever has opened the conversation reads the stream; others must not be able to put errors there.
            visit.failed(new IllegalStateException(refused.message()));
            return CompletableFuture.completedFuture(null);
        }
        try {
            return send(frame, visit.context()).whenComplete((done, error) -> answered(visit, error));
        } catch (RuntimeException unwritable) {
            if (frame.message() instanceof Envelope.Failed) { // not even that, and nothing else comes
                failed(visit, unwritable);
            }
            throw unwritable;
        }
    }

    private CompletionStage<Void> send(Frame frame, ContextView context) {
        return transport
                .sendMessage(messages.write(frame.message()))
                .contextWrite(context)
                .toFuture();
    }

    private static void answered(Visit visit, @Nullable Throwable error) {
        if (error == null) {
            visit.over();
        } else {
            visit.failed(error);
        }
    }

    /** The transport of the server's session: what it sends goes through the gateway. */
    private final class Outward implements McpServerTransport {
        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> begun ? send(message) : tooEarly(message));
        }

        private Mono<Void> send(JSONRPCMessage message) {
            return Mono.fromCompletionStage(((ServerEdge) wrap.connection()).receive(messages.read(message)));
        }

        /** Nobody has said yet for whom it would be. A server that gets another tool before its client comes is not at fault. */
        private Mono<Void> tooEarly(JSONRPCMessage message) {
            return message instanceof JSONRPCNotification
                    ? Mono.empty()
                    : Mono.error(new IllegalStateException("A server cannot ask before its client has spoken"));
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
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return transport.unmarshalFrom(data, type);
        }
    }
}
