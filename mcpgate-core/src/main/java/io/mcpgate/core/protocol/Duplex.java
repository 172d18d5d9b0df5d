package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection on which both sides send requests: what is received is matched with what was sent, or handed on as a
 * new call. Safe for use by many threads; messages of one sender must be handed in one after the other.
 */
public final class Duplex {
    private static final Logger LOG = LoggerFactory.getLogger(Duplex.class);
    private static final int IN_FLIGHT_MAX = 1_024;
    private static final Reply.Failure UNWRITABLE = Reply.Failure.of(ErrorCode.INTERNAL, "Internal error");

    private final Outlet outlet;
    private final Origin origin;
    private final boolean oneStream;
    private final Outgoing outgoing;
    private final Incoming incoming = new Incoming(IN_FLIGHT_MAX);

    /**
     * A connection on which everything shares one stream, as stdio has it: what the other side sends during a call of ours
     * is taken to belong to that call.
     */
    public Duplex(Outlet outlet, Origin origin) {
        this(outlet, origin, new AtomicLong());
    }

    /**
     * As {@link #Duplex(Outlet, Origin)}, on a transport that carries one such connection after another.
     *
     * @param lastId the id that was given last to a request of ours, on any of them: a response that comes late answers none
     *     of the next
     */
    public Duplex(Outlet outlet, Origin origin, AtomicLong lastId) {
        this(outlet, origin, lastId, true);
    }

    private Duplex(Outlet outlet, Origin origin, AtomicLong lastId, boolean oneStream) {
        this.outlet = outlet;
        this.origin = origin;
        this.oneStream = oneStream;
        this.outgoing = new Outgoing(outlet, lastId);
    }

    /** A connection on which each call has a stream of its own, as HTTP has it: only what comes there belongs to the call. */
    public static Duplex withStreams(Outlet outlet, Origin origin) {
        return new Duplex(outlet, origin, new AtomicLong(), false);
    }

    /** Makes calls of what the other side sends, and takes them further. */
    public interface Origin {
        /**
         * A new call of the other side.
         *
         * @param request what was received
         * @param parent the call of ours that it belongs to, if that is known
         */
        Call call(Envelope.Request request, @Nullable Call parent);

        /** Takes such a call through the gate. */
        CompletionStage<Reply> handle(Call call);

        /**
         * A request that is refused before it is handled: its id is in flight already, or too many are.
         *
         * @return {@code why} as soon as the other side may learn of it; fails if it may not, and gets no answer
         */
        default CompletionStage<Reply> refuse(Reply.Failure why) {
            return CompletableFuture.completedFuture(why);
        }

        /**
         * Whether what comes where everything shares one stream may be taken to belong to a call that is in flight. Not
         * where that could be another client's.
         */
        default boolean mayGuess() {
            return true;
        }

        /** A response came that nobody waits for; it has been dropped. */
        default void unexpected() {}
    }

    /** Sends a call to the other side. */
    public CompletionStage<Reply> send(Call call) {
        return outgoing.send(call);
    }

    /** The calls of ours that wait for a response. */
    public Outgoing outgoing() {
        return outgoing;
    }

    /** Whether the other side waits for the reply to a request of its own; it does not where it only listens. */
    public boolean isServing() {
        return incoming.isServing();
    }

    /**
     * Takes one message of the other side.
     *
     * @param via the call of ours on whose stream it came, and then a response answers that call or is dropped;
     *     {@code null} where there is only one stream
     * @return completes, never with an error, when a notification has been taken further, which is the back-pressure; at
     *     once for all other messages
     */
    public CompletionStage<Void> receive(Envelope message, @Nullable Call via) {
        return receive(message, via, UnaryOperator.identity());
    }

    /**
     * As {@link #receive(Envelope, Call)}.
     *
     * @param dress adds to the new call what came with the message, e.g. who sent it
     */
    public CompletionStage<Void> receive(Envelope message, @Nullable Call via, UnaryOperator<Call> dress) {
        if (message instanceof Envelope.Request request) {
            return received(request, via, dress);
        }
        matched(
                message instanceof Envelope.Result result
                        ? outgoing.complete(result, via)
                        : outgoing.complete((Envelope.Failed) message, via));
        return done();
    }

    private void matched(boolean waitedFor) {
        if (!waitedFor) {
            origin.unexpected();
        }
    }

    private CompletionStage<Void> received(Envelope.Request request, @Nullable Call via, UnaryOperator<Call> dress) {
        return switch (request.method()) {
            case "notifications/cancelled" -> {
                Correlation.cancelled(request.params()).ifPresent(incoming::cancel);
                yield done();
            }
            case "notifications/progress" -> told(request, outgoing.progress(request.params()), dress);
            default ->
                request.id() == null
                                && Correlation.subscription(request.params()).isPresent()
                        ? told(request, outgoing.subscription(request.params()), dress)
                        : handle(request, via == null ? guessParent(request) : via, dress);
        };
    }

    /** A notification that names the call which it is about: that call's it is, whatever stream it came on. */
    private CompletionStage<Void> told(
            Envelope.Request request, Optional<Outgoing.Told> about, UnaryOperator<Call> dress) {
        Outgoing.Told told = about.orElse(null);
        if (told == null) {
            origin.unexpected();
            return done();
        }
        return handle(new Envelope.Request(null, request.method(), told.params()), told.call(), dress);
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private @Nullable Call guessParent(Envelope.Request request) {
        return oneStream && origin.mayGuess() && !outgoing.isEmpty() ? likelyParent(request, outgoing.calls()) : null;
    }

    /**
     * Where all messages share one stream, a request of the other side most likely belongs to the call in flight; and if
     * there are several, to any of them rather than to none, because the way back may exist only while a call is open.
     *
     * @param calls of ours that are in flight
     */
    public static @Nullable Call likelyParent(Envelope.Request request, Collection<Call> calls) {
        if (concernsNoCall(request.method())) {
            return null;
        }
        boolean certain = calls.size() == 1;
        return certain || (request.id() != null && !calls.isEmpty())
                ? calls.iterator().next()
                : null;
    }

    /** Whether a method tells of what has changed at the server, which belongs to no call, whatever it comes on. */
    public static boolean concernsNoCall(String method) {
        return method.endsWith("/list_changed") || method.equals("notifications/resources/updated");
    }

    private CompletionStage<Void> handle(Envelope.Request request, @Nullable Call parent, UnaryOperator<Call> dress) {
        Call call = dress.apply(origin.call(request, parent));
        RequestId id = request.id();
        if (id == null) {
            return origin.handle(call).handle((reply, error) -> null);
        }
        Incoming.Received received = incoming.receive(call, origin::handle, origin::refuse);
        received.reply().thenAccept(reply -> {
            if (!received.isWithdrawn()) {
                answer(id, reply, call);
            }
        });
        return done();
    }

    /** What a host's tool has made may hold what JSON has not; whoever asked would wait for ever if that got no answer. */
    private void answer(RequestId id, Reply reply, Call call) {
        try {
            outlet.send(Frame.response(id, reply), call);
        } catch (RuntimeException unwritable) {
            LOG.error("The reply to {} cannot be written; its sender gets an error instead", call.method(), unwritable);
            outlet.send(Frame.error(id, UNWRITABLE), call);
        }
    }

    /** The connection is gone: what was sent fails with {@code why}, what was received is cancelled. */
    public void lost(Reply.Failure why) {
        outgoing.lost(why);
        incoming.cancelAll();
    }
}
