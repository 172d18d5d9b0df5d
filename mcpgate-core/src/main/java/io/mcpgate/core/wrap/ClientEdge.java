package io.mcpgate.core.wrap;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.NameLengths;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.core.protocol.WithinRequests;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.stage.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's end of a conversation with one client, on whatever transport: hand in each message of the client, and get
 * those for the client at the outlet. For transports that have one stream in each direction, as stdio has.
 *
 * <p>Works on the threads that hand messages in and has none of its own; never blocks. Messages may be handed in by several
 * threads; those whose order matters, one after the other.
 */
public final class ClientEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEdge.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
    private static final int UNRECORDED_MAX = 1_024;
    /** Who waits for a reply gets one also then. */
    private static final Reply TOO_MANY_REFUSALS =
            Reply.failure(ErrorCode.UNAVAILABLE, "Too many refusals are under way");

    private static final String UNSUPPORTED = "This revision of MCP is not supported";

    private final Gate gate;
    private final @Nullable String server;
    private final UnaryOperator<Call> always;
    private final Outlet toClient;
    private final Duplex duplex;
    private final EdgeSession session;
    private final Kind kind;
    private final AtomicInteger unrecorded = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger(); // in flight that came by call and do more than listen
    private volatile boolean closed;

    /** Whose conversation it is. */
    private enum Kind {
        /** The principal's that opens it. */
        OWNED,
        /** The host's word says for each message whose that is. */
        VOUCHED,
        /** Nobody's: its requests have nothing to do with each other. */
        STATELESS
    }

    private ClientEdge(
            Gate gate,
            @Nullable String server,
            Kind kind,
            UnaryOperator<Call> always,
            Outlet toClient,
            AtomicLong lastId) {
        if (server != null && !gate.governs(server)) {
            throw new IllegalArgumentException("This gateway has no server named \"" + server + "\"");
        }
        this.gate = gate;
        this.server = server;
        this.always = always;
        this.toClient = toClient;
        this.duplex = new Duplex(toClient, new FromClient(), lastId);
        this.kind = kind;
        this.session = new EdgeSession(kind != Kind.OWNED, duplex::send, this::isServing);
    }

    /**
     * A client for which the transport vouches: whoever holds its other end is that principal.
     *
     * @param gate the gateway
     * @param server the governed server to serve; {@code null} for the merged catalog of all of them
     * @param principal who the client is; a message's call may be dressed with another credential
     * @param toClient takes what goes to the client; a response may not get lost, so if it fails, end the conversation
     * @throws IllegalArgumentException if there is no such server
     */
    public static ClientEdge open(Gate gate, @Nullable String server, Principal principal, Outlet toClient) {
        return open(gate, server, principal, toClient, new AtomicLong());
    }

    /**
     * As {@link #open(Gate, String, Principal, Outlet)}, for a client that has one conversation after another on the same
     * transport.
     *
     * @param lastId the id that was given last to a request to the client, in any of them: an answer that comes late answers
     *     none of the next
     * @throws IllegalArgumentException if there is no such server
     */
    public static ClientEdge open(
            Gate gate, @Nullable String server, Principal principal, Outlet toClient, AtomicLong lastId) {
        return open(gate, server, principal, UnaryOperator.identity(), toClient, lastId);
    }

    static ClientEdge open(
            Gate gate,
            @Nullable String server,
            Principal principal,
            UnaryOperator<Call> always,
            Outlet toClient,
            AtomicLong lastId) {
        Credential credential = new Credential.Vouched(principal);
        UnaryOperator<Call> vouched = call -> always.apply(call.with(Credential.KEY, credential));
        return new ClientEdge(gate, server, Kind.VOUCHED, vouched, toClient, lastId);
    }

    /**
     * A client that shows a credential with each message, by which its call is dressed. The conversation belongs to the
     * principal that opens it; others who get hold of it are told that there is none.
     *
     * @throws IllegalArgumentException if there is no such server
     */
    public static ClientEdge open(Gate gate, @Nullable String server, Outlet toClient) {
        return open(gate, server, UnaryOperator.identity(), toClient);
    }

    static ClientEdge open(Gate gate, @Nullable String server, UnaryOperator<Call> always, Outlet toClient) {
        return new ClientEdge(gate, server, Kind.OWNED, always, toClient, new AtomicLong());
    }

    /**
     * The clients of a server that keeps nothing from one request to the next: each shows a credential, by which its call is
     * dressed, and none sees what another has said. Such requests are handed to {@link #call}; there is no way to the client
     * but the reply.
     *
     * @throws IllegalArgumentException if there is no such server
     */
    public static ClientEdge stateless(Gate gate, String server) {
        Outlet nowhere = (frame, call) -> CompletableFuture.failedFuture(
                new IllegalStateException("A stateless server has no way to its clients"));
        return new ClientEdge(gate, server, Kind.STATELESS, UnaryOperator.identity(), nowhere, new AtomicLong());
    }

    /** Takes one message of the client, as {@link #receive(Envelope, UnaryOperator)} does. */
    public CompletionStage<Void> receive(Envelope message) {
        return receive(message, UnaryOperator.identity());
    }

    /**
     * Takes one message of the client. What cannot be handled is answered with an error, and logged.
     *
     * @param dress adds to its call what came with it: a {@link Credential}, attributes for the host's own steps
     * @return completes, never with an error, when a notification has been taken further, which is the back-pressure; at
     *     once for all other messages
     */
    public CompletionStage<Void> receive(Envelope message, UnaryOperator<Call> dress) {
        if (closed) {
            return DONE;
        }
        CompletionStage<Void> taken = DONE;
        try {
            taken = message instanceof Envelope.Request request ? requested(request, dress) : answered(message, dress);
        } catch (RuntimeException broken) { // a gate never throws; should one do so, the next message is handled
            LOG.error("A message of the client could not be handled", broken);
            if (message instanceof Envelope.Request request) {
                answerBroken(request, dress);
            }
        }
        if (closed) {
            gate.ended(session); // closed meanwhile: nothing may be held for it
        }
        return taken;
    }

    private CompletionStage<Void> requested(Envelope.Request request, UnaryOperator<Call> dress) {
        if (request.id() == null
                && modernVersion(request).filter(ClientEdge::isUnknown).isPresent()) {
            return refused(UNSUPPORTED).exceptionally(tooMany -> null);
        }
        if (kind == Kind.OWNED && request.method().equals("notifications/cancelled")) {
            return answered(request, dress); // the owner's calls are nobody else's to cancel
        }
        return duplex.receive(request, null, dress);
    }

    /**
     * Takes one request or notification of a client whose stack pairs replies with requests itself.
     *
     * @param dress as for {@link #receive(Envelope, UnaryOperator)}; it also sees the call's
     *     {@linkplain Call#cancellation() cancellation}, by which the host says that nobody waits any more
     * @return the reply; never fails
     */
    public CompletionStage<Reply> call(Envelope.Request request, UnaryOperator<Call> dress) {
        FromClient client = new FromClient();
        Call call = dress.apply(client.call(request, null));
        int counted = !call.isNotification() && WithinRequests.mayConcern(call) ? 1 : 0;
        calls.addAndGet(counted);
        return Stages.begin(() -> client.handle(call)).handle((reply, tooMany) -> {
            calls.addAndGet(-counted);
            return tooMany == null ? reply : TOO_MANY_REFUSALS;
        });
    }

    /**
     * Refuses such a request before it becomes a call, for what only its stack knows.
     *
     * @param why quotes nothing of what was sent
     * @return the reply, once it is recorded; never fails
     */
    public CompletionStage<Reply> refuse(Reply.Failure why) {
        return refused(why.message()).handle((recorded, tooMany) -> tooMany == null ? why : TOO_MANY_REFUSALS);
    }

    /** Whether the client waits for a reply to more than listening, on either of the ways in which its requests come. */
    private boolean isServing() {
        return calls.get() > 0 || duplex.isServing();
    }

    /**
     * Has it recorded that something of the client is refused without becoming a call, as what is no message.
     *
     * @param why for the record; quotes nothing of what was sent
     * @return completes when it is recorded, and the client may not learn of it before; fails if more than 1,024 wait
     *     for their record: answer nothing then, or better end the conversation
     */
    public CompletionStage<Void> refused(String why) {
        if (unrecorded.incrementAndGet() > UNRECORDED_MAX) {
            unrecorded.decrementAndGet();
            return CompletableFuture.failedFuture(
                    new RejectedExecutionException("Too many refusals wait for their record"));
        }
        Call nobodys = addressed(LocalCall.REFUSED.on(session.ofNobody()), server)
                .with(Credential.KEY, new Credential.Ambiguous(why)); // last: it is never to be allowed
        return gate.handle(nobodys).handle((recorded, error) -> {
            unrecorded.decrementAndGet();
            return null;
        });
    }

    private static Optional<String> modernVersion(Envelope.Request request) {
        return request.params()
                .string("_meta", "io.modelcontextprotocol/protocolVersion")
                .filter(ProtocolVersions::isModern);
    }

    private static boolean isUnknown(String version) {
        return !ProtocolVersions.isKnown(version);
    }

    private void answerBroken(Envelope.Request request, UnaryOperator<Call> dress) {
        RequestId id = request.id();
        if (id != null) {
            Call call = Call.request(id, request.method(), request.params(), session);
            Reply.Failure why = Reply.Failure.of(ErrorCode.INTERNAL, "Internal error");
            toClient.send(Frame.error(id, why), dress.apply(call));
        }
    }

    private static Reply.Failure unsupported(String requested) {
        List<String> supported = new ArrayList<>(List.of(ProtocolVersions.MODERN));
        supported.addAll(ProtocolVersions.LEGACY);
        return Reply.Failure.of(
                ErrorCode.UNSUPPORTED_VERSION, UNSUPPORTED, Map.of("supported", supported, "requested", requested));
    }

    /** An answer reaches the server that waits for it only after the same steps that every message passes. */
    private CompletionStage<Void> answered(Envelope message, UnaryOperator<Call> dress) {
        Call answer = dress.apply(addressed(LocalCall.ANSWER.on(session), server));
        return gate.handle(answer).handle((passed, error) -> {
            if (passed instanceof Reply.Accepted) {
                takeUp(message);
            } else {
                LOG.warn("What the client answers to a server, or takes back, was not let through");
            }
            return null;
        });
    }

    /** What a host's object holds need not be readable: whoever has sent it is not kept waiting for that. */
    private void takeUp(Envelope message) {
        try {
            duplex.receive(message, null);
        } catch (RuntimeException unreadable) {
            LOG.error("What the client answers to a server, or takes back, could not be read", unreadable);
        }
    }

    private Call addressed(Call call, @Nullable String to) {
        Call known = always.apply(call);
        return to == null ? known : known.withServer(to);
    }

    /** What the client sends on its own, as calls through the gate. */
    private final class FromClient implements Duplex.Origin {
        @Override
        public Call call(Envelope.Request request, @Nullable Call parent) {
            Session at = modernVersion(request).<Session>map(session::modern).orElse(session);
            RequestId id = request.id();
            Payload params = request.params();
            Call call = id == null
                    ? Call.notification(request.method(), params, at)
                    : Call.request(id, request.method(), params, at);
            return addressed(call, addressee(request, parent));
        }

        /** Progress belongs to a request of one server, also where the client talks to the merged catalog. */
        private @Nullable String addressee(Envelope.Request request, @Nullable Call parent) {
            boolean progress = request.method().equals("notifications/progress");
            return server == null && progress && parent != null
                    ? parent.server().orElse(null)
                    : server;
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            Session at = call.session();
            return at.isModern() && isUnknown(at.protocolVersion())
                    ? refuse(unsupported(at.protocolVersion()))
                    : passUnlessTooLong(call);
        }

        /** What came as bytes has been measured by the reader, the objects of somebody else's stack have not. */
        private CompletionStage<Reply> passUnlessTooLong(Call call) {
            Optional<String> tooLong = tooLong(call);
            return tooLong.isPresent()
                    ? refuse(Reply.Failure.of(ErrorCode.INVALID_REQUEST, tooLong.get()))
                    : pass(call);
        }

        private Optional<String> tooLong(Call call) {
            try {
                return NameLengths.offence(call);
            } catch (RuntimeException unreadable) { // a host's object need not be JSON; the gate has that recorded
                return Optional.empty();
            }
        }

        @Override
        public CompletionStage<Reply> refuse(Reply.Failure why) {
            return refused(why.message()).thenApply(recorded -> why);
        }

        private CompletionStage<Reply> pass(Call call) {
            return gate.handle(call).handle((reply, error) -> {
                if (error != null) {
                    LOG.error("{} of the client failed inside the gateway", call.method(), error);
                    return Reply.failure(ErrorCode.INTERNAL, "Internal error");
                }
                if (kind != Kind.STATELESS
                        && reply instanceof Reply.Complete complete
                        && call.method().equals("initialize")) {
                    session.initialized(call.params(), complete.result()); // before the client learns of it
                }
                return reply;
            });
        }
    }

    /** The client has gone: what it waits for is cancelled, and what is held for it given back. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        Reply.Failure gone = Reply.Failure.of(ErrorCode.UNAVAILABLE, "The client has gone");
        Closing.all(List.of(() -> duplex.lost(gone), () -> gate.ended(session)));
    }
}
