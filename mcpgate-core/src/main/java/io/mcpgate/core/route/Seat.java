package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.core.stage.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client session's place at an upstream, with one connection at a time. The client's own handshake opens it; if it is
 * lost, or was never made, the gateway makes the same handshake in the client's name before the next call, and tells the
 * server again what the client had settled with the one that was lost ({@link SessionMemory}).
 */
class Seat implements Duplex.Origin, AutoCloseable {
    private static final Duration STEADY = Duration.ofSeconds(5);
    private static final int AGAIN_AT_ONCE = 64;

    private final PooledUpstream upstream;
    private final SessionMemory memory;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();
    private volatile @Nullable Session session;
    private volatile Principal principal = Principal.UNIDENTIFIED;
    private @Nullable CompletableFuture<Connection> current; // guarded by this
    private long openedNanos; // guarded by this
    private boolean closed; // guarded by this

    Seat(PooledUpstream upstream, SessionMemory memory) {
        this.upstream = upstream;
        this.memory = memory;
    }

    PooledUpstream upstream() {
        return upstream;
    }

    SessionMemory memory() {
        return memory;
    }

    Principal principal() {
        return principal;
    }

    boolean isIdle() {
        return inFlight.get() == 0;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /** A session that used this seat has ended. */
    void ended(Session ended) {}

    /**
     * A call is about to be forwarded. To be told where seats are given away as idle, before another call may look for one: a
     * seat that was only chosen would still seem to be idle.
     */
    Seat enter() {
        inFlight.incrementAndGet();
        return this;
    }

    /** Forwards a call that has {@linkplain #enter entered}, and leaves when that has its reply, or breaks. */
    CompletionStage<Reply> forward(Call call) {
        session = call.session();
        principal = call.principal();
        return Stages.begin(() -> dispatch(call)) // what throws ends, too
                .whenComplete((reply, error) -> {
                    lastUsedNanos = System.nanoTime();
                    inFlight.decrementAndGet();
                });
    }

    CompletionStage<Reply> dispatch(Call call) {
        return call.method().equals("initialize") ? initialize(call) : send(call);
    }

    /** Sends on the connection that there is; what the server has certainly not seen is sent once more on a new one. */
    final CompletionStage<Reply> send(Call call) {
        Reply refusal = memory.refusal(call);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        return sendOnce(call)
                .exceptionallyCompose(error -> isLost(error) ? sendOnce(call) : CompletableFuture.failedFuture(error))
                .thenApply(reply -> noted(call, reply));
    }

    private Reply noted(Call call, Reply reply) {
        if (reply instanceof Reply.Complete) {
            memory.note(call);
        }
        return reply;
    }

    private CompletionStage<Reply> sendOnce(Call call) {
        return Ready.thenCompose(connection(call), connection -> connection.send(call));
    }

    private static boolean isLost(@Nullable Throwable error) {
        return error instanceof ConnectionLost
                || (error instanceof CompletionException && error.getCause() instanceof ConnectionLost);
    }

    /** The client's own handshake, on a connection of its own. */
    private CompletionStage<Reply> initialize(Call call) {
        CompletableFuture<Connection> opening = new CompletableFuture<>();
        CompletableFuture<Connection> before;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new UpstreamException("the connection is closing"));
            }
            before = current;
            current = opening;
        }
        if (before != null) {
            before.thenAccept(Connection::close);
        }
        CompletionStage<Reply> reply = onNew(call.session(), connection -> initializeOn(connection, call, opening));
        reply.whenComplete((done, error) -> {
            if (error != null) {
                opening.completeExceptionally(error);
            }
        });
        return reply;
    }

    private CompletionStage<Reply> initializeOn(
            Connection connection, Call call, CompletableFuture<Connection> opening) {
        return upstream.withinConnectTimeout(connection.send(call), connection::close)
                .whenComplete((reply, error) -> {
                    if (reply instanceof Reply.Complete) {
                        memory.clear();
                        opened(opening, connection);
                    } else {
                        connection.close();
                        notIntroduced(reply, error);
                        opening.completeExceptionally(
                                error == null ? new UpstreamException("it refused the handshake") : error);
                    }
                });
    }

    private void opened(CompletableFuture<Connection> opening, Connection connection) {
        upstream.connected();
        synchronized (this) {
            openedNanos = System.nanoTime();
            if (!closed) {
                opening.complete(connection);
                return;
            }
        }
        connection.close();
        opening.completeExceptionally(new UpstreamException("the connection is closing"));
    }

    /** A server that says no is well; one that dies in its handshake is not to be started again and again. */
    private void notIntroduced(@Nullable Reply reply, @Nullable Throwable error) {
        if (error != null || (reply instanceof Reply.Failure failure && failure.is(ErrorCode.UNAVAILABLE))) {
            upstream.wasShortLived(principal.id());
        }
    }

    /** The connection, opened and initialized. */
    private CompletionStage<Connection> connection(Call call) {
        CompletableFuture<Connection> opening;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new UpstreamException("the connection is closing"));
            }
            CompletableFuture<Connection> known = current;
            if (known != null && isUsable(known)) {
                return known;
            }
            noteLoss(known);
            opening = new CompletableFuture<>();
            current = opening;
        }
        Stages.begin(() -> open(call)) // others wait for it
                .whenComplete((connection, error) -> {
                    if (error == null) {
                        opened(opening, connection);
                    } else {
                        opening.completeExceptionally(error);
                    }
                });
        return opening;
    }

    /** For a client that cannot be introduced nothing is opened: it might be a process each time. */
    private CompletionStage<Connection> open(Call call) {
        if (call.session().isModern()) {
            return onNew(call.session(), CompletableFuture::completedFuture);
        }
        Optional<Payload> handshake = handshake(call);
        return handshake.isEmpty()
                ? CompletableFuture.failedFuture(new UpstreamException("the session was not initialized"))
                : onNew(call.session(), connection -> introduce(connection, call, handshake.get()));
    }

    /** Opens a connection and begins on it; where that fails, nobody else knows of the connection, so it is closed. */
    private <T> CompletionStage<T> onNew(Session client, Function<Connection, CompletionStage<T>> begin) {
        return CompletableFuture.completedFuture(client) // so that also what is thrown fails the stage
                .thenCompose(known -> upstream.connect(this, known))
                .thenCompose(connection -> CompletableFuture.completedFuture(connection)
                        .thenCompose(begin)
                        .whenComplete((begun, error) -> {
                            if (error != null) {
                                connection.close();
                            }
                        }));
    }

    private void noteLoss(@Nullable CompletableFuture<Connection> known) {
        if (known == null || known.isCompletedExceptionally()) {
            return;
        }
        if (System.nanoTime() - openedNanos < STEADY.toNanos()) {
            upstream.wasShortLived(principal.id());
        } else {
            upstream.wasSteady(principal.id());
        }
    }

    private static boolean isUsable(CompletableFuture<Connection> known) {
        return !known.isDone()
                || (!known.isCompletedExceptionally() && known.join().isOpen());
    }

    private CompletionStage<Connection> introduce(Connection connection, Call call, Payload handshake) {
        if (call.session() instanceof ReconnectingSession told) {
            told.reconnecting();
        }
        Call initialize = inNameOf(call, Call.request(RequestId.of(0), "initialize", handshake, call.session()));
        return upstream.withinConnectTimeout(connection.send(initialize), connection::close)
                .whenComplete(this::notIntroduced)
                .thenCompose(reply -> {
                    if (!(reply instanceof Reply.Complete complete)) {
                        connection.close();
                        throw reply instanceof Reply.Failure failure && failure.is(ErrorCode.UNAVAILABLE)
                                ? new UpstreamException("it refused the handshake")
                                : new HandshakeRefused();
                    }
                    introduced(complete.result());
                    Call initialized = Call.notification("notifications/initialized", Payload.empty(), call.session());
                    return connection.send(inNameOf(call, initialized));
                })
                .thenCompose(sent -> upstream.withinConnectTimeout(toldAgain(connection, call), connection::close))
                .thenApply(told -> connection);
    }

    /** Some at once, as each costs a round trip, but not more than a server can be expected to take. */
    private CompletionStage<Void> toldAgain(Connection connection, Call call) {
        List<Call> again = memory.again(call);
        CompletionStage<Void> told = CompletableFuture.completedFuture(null);
        for (int from = 0; from < again.size(); from += AGAIN_AT_ONCE) {
            List<Call> some = again.subList(from, Math.min(again.size(), from + AGAIN_AT_ONCE));
            told = told.thenCompose(before -> CompletableFuture.allOf(
                    some.stream().map(one -> tellAgain(connection, one)).toArray(CompletableFuture<?>[]::new)));
        }
        return told;
    }

    private CompletableFuture<?> tellAgain(Connection connection, Call call) {
        return connection
                .send(call)
                .thenAccept(reply -> {
                    if (reply instanceof Reply.Failure failure && failure.kind() == null) {
                        memory.refused(call);
                        notGrantedAgain(call);
                    }
                })
                .toCompletableFuture();
    }

    /** The server, which has lost what it had granted, has refused this call, by which it was told again. */
    void notGrantedAgain(Call call) {}

    /** Whether there is a connection that can be used now. */
    final boolean isConnected() {
        CompletableFuture<Connection> known;
        synchronized (this) {
            known = current;
        }
        return known != null && known.isDone() && isUsable(known);
    }

    private static Call inNameOf(Call call, Call made) {
        return made.withPrincipal(call.principal()).withServer(call.server().orElse(""));
    }

    /** The params of the handshake that the gateway makes; empty before the client has made its own. */
    Optional<Payload> handshake(Call call) {
        return call.session().handshake();
    }

    /** The server has answered the gateway's handshake. */
    void introduced(Payload result) {}

    @Override
    public Call call(Envelope.Request request, @Nullable Call parent) {
        RequestId id = request.id();
        if (parent != null) {
            return id == null
                    ? parent.notificationToClient(request.method(), request.params())
                    : parent.requestToClient(id, request.method(), request.params());
        }
        Session latest = session;
        if (latest == null) {
            throw new IllegalStateException("A server cannot speak before the first call");
        }
        return Call.unsolicited(id, request.method(), request.params(), latest, principal, upstream.name());
    }

    @Override
    public CompletionStage<Reply> handle(Call call) {
        lastUsedNanos = System.nanoTime();
        return call.session().deliver(call).exceptionally(error -> Reply.failure(ErrorCode.INTERNAL, "Internal error"));
    }

    @Override
    public void close() {
        CompletableFuture<Connection> last;
        synchronized (this) {
            closed = true;
            last = current;
        }
        if (last != null) {
            last.thenAccept(Connection::close);
        }
    }
}
