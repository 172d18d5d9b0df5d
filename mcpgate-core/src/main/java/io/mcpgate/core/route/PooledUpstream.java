package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upstream with a {@link Seat} for each client session: keyed by principal and session, bounded, given back when idle.
 * One connection per call is what makes others slow, and one for all is what makes others leak.
 *
 * <p>A server that cannot be reached is left alone for a while ({@link Backoff}); meanwhile its callers get a clear
 * error at once, and nobody else notices.
 */
public final class PooledUpstream implements Upstream {
    private static final Logger LOG = LoggerFactory.getLogger(PooledUpstream.class);
    private static final Duration SWEEP_MAX = Duration.ofSeconds(30);
    private static final int SHORT_LIVED_TOLERATED = 3;
    private static final String MODERN = "modern"; // in the place of a session, of which there is none

    private final String name;
    private final Connector connector;
    private final Sharing sharing;
    private final PoolLimits limits;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> sweeping;
    private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), System::nanoTime);
    private final Map<String, Backoff> shortLived = new ConcurrentHashMap<>(); // by principal
    private final Map<Key, Seat> seats = new HashMap<>(); // guarded by itself
    private final Map<Key, SessionMemory> memories = new HashMap<>(); // of legacy sessions; guarded by seats
    private boolean closed; // guarded by seats

    /**
     * An upstream that opens its connections by {@code connector}, and closes that when it is closed.
     *
     * @param timer of the gateway, for idle connections and time-outs
     */
    public PooledUpstream(
            String name, Connector connector, Sharing sharing, PoolLimits limits, ScheduledExecutorService timer) {
        this.name = name;
        this.connector = connector;
        this.sharing = sharing;
        this.limits = limits;
        this.timer = timer;
        long period = Math.max(1, Math.min(SWEEP_MAX.toMillis(), limits.idle().toMillis() / 2));
        this.sweeping = timer.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
    }

    private record Key(String principal, String session) {}

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        Optional<Seat> seat = seat(call);
        if (seat.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.failure(
                    ErrorCode.UNAVAILABLE, "The server \"" + name + "\" has no connection free; try again later"));
        }
        return seat.get().forward(call).exceptionally(this::failed);
    }

    private Reply failed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof UpstreamException known) {
            ErrorCode kind = known instanceof HandshakeRefused ? ErrorCode.BAD_UPSTREAM : ErrorCode.UNAVAILABLE;
            return Reply.failure(kind, "The server \"" + name + "\": " + known.getMessage());
        }
        throw cause instanceof RuntimeException unexpected ? unexpected : new CompletionException(cause);
    }

    /** A seat that is in use for this call from now on; {@link Seat#forward} ends that. */
    private Optional<Seat> seat(Call call) {
        Key key = key(call);
        Seat evicted = null;
        try {
            synchronized (seats) {
                Seat known = seats.get(key);
                if (known != null) {
                    return Optional.of(known.enter());
                }
                if (closed) {
                    return Optional.empty();
                }
                if (seats.size() >= limits.connectionsMax()) {
                    evicted = leastRecentlyUsed();
                    if (evicted == null) {
                        return Optional.empty();
                    }
                    seats.values().remove(evicted);
                }
                Seat seat = sharing == Sharing.ALL ? new SharedSeat(this) : new Seat(this, memory(key));
                seats.put(key, seat);
                return Optional.of(seat.enter());
            }
        } finally {
            if (evicted != null) {
                evicted.close();
            }
        }
    }

    /** Outlasts the seat, which is given up for others; ends with the session. */
    private SessionMemory memory(Key key) {
        return key.session().equals(MODERN)
                ? new SessionMemory(SessionMemory.RESOURCES_MAX)
                : memories.computeIfAbsent(key, unused -> new SessionMemory(SessionMemory.RESOURCES_MAX));
    }

    private Key key(Call call) {
        boolean modern = call.session().isModern();
        if (sharing == Sharing.ALL) {
            return new Key("", modern ? MODERN : "legacy");
        }
        return new Key(call.principal().id(), modern ? MODERN : call.session().key());
    }

    private @Nullable Seat leastRecentlyUsed() {
        return seats.values().stream()
                .filter(Seat::isIdle)
                .min(Comparator.comparingLong(Seat::lastUsedNanos))
                .orElse(null);
    }

    /** Opens a connection, unless the server is to be left alone. */
    CompletionStage<Connection> connect(Seat seat, Session session) {
        Backoff own = shortLived.get(seat.principal().id());
        Duration wait = longer(backoff.remaining(), own == null ? Duration.ZERO : own.remaining());
        if (wait.compareTo(Duration.ZERO) > 0) {
            return CompletableFuture.failedFuture(new UpstreamException(
                    "it could not be reached; the next attempt is in " + (wait.toMillis() + 1) + " ms"));
        }
        CompletionStage<Connection> connecting = connector.connect(session, seat);
        CompletableFuture<Connection> inTime = withinConnectTimeout(connecting, () -> {});
        connecting.thenAccept(late -> inTime.whenComplete((taken, error) -> {
            if (error != null) {
                late.close();
            }
        }));
        return inTime.whenComplete((connection, error) -> {
            if (error != null) {
                connectFailed(error);
            }
        });
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    void connected() {
        backoff.succeeded();
    }

    /**
     * A connection was lost in its handshake, or soon after it. It was this principal's, so only this principal waits: what
     * kills a server may be what it was sent.
     */
    void wasShortLived(String principal) {
        shortLived.compute(principal, (who, known) -> {
            Backoff waiting = known == null
                    ? new Backoff(
                            Duration.ofMillis(500), Duration.ofSeconds(30), SHORT_LIVED_TOLERATED, System::nanoTime)
                    : known;
            waiting.failed(); // here, so that what is over is not swept away meanwhile
            return waiting;
        });
    }

    /** A connection was lost after it had worked for a while. */
    void wasSteady(String principal) {
        shortLived.remove(principal);
    }

    private void connectFailed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (backoff.remaining().compareTo(Duration.ZERO) <= 0) { // of many that failed at once, one counts
            backoff.failed();
            LOG.warn("Server \"{}\" ({}): {}", name, connector.describe(), String.valueOf(cause.getMessage()));
        }
    }

    <T> CompletableFuture<T> withinConnectTimeout(CompletionStage<T> stage, Runnable onTimeout) {
        return Timeouts.within(stage, limits.connectTimeout(), timer, () -> {
            Closing.quietly(onTimeout);
            return new UpstreamException("it did not answer the handshake within "
                    + limits.connectTimeout().toSeconds() + " s");
        });
    }

    private void sweep() {
        long oldest = System.nanoTime() - limits.idle().toNanos();
        List<Seat> idle = new ArrayList<>();
        synchronized (seats) {
            seats.entrySet().removeIf(entry -> {
                Seat seat = entry.getValue();
                boolean leave = seat.isIdle()
                        && seat.lastUsedNanos() - oldest < 0
                        && !seat.memory().isSubscribed(); // its client waits to be told
                if (leave) {
                    idle.add(seat);
                    if (seat.memory().isEmpty()) { // also one that a call behind the end of its session has made
                        memories.remove(entry.getKey());
                    }
                }
                return leave;
            });
        }
        idle.forEach(Seat::close);
        shortLived.values().removeIf(Backoff::isOver);
    }

    /** Closes the connections that were opened for clients of 2026-07-28: the server does not speak that revision. */
    public void hangUpOnModern() {
        List<Seat> modern;
        synchronized (seats) {
            modern = seats.entrySet().stream()
                    .filter(entry -> entry.getKey().session().equals(MODERN))
                    .map(Map.Entry::getValue)
                    .toList();
            seats.values().removeAll(modern);
        }
        modern.forEach(Seat::close);
    }

    @Override
    public void ended(Session session) {
        List<Seat> left;
        List<Seat> remaining;
        synchronized (seats) {
            left = seats.entrySet().stream()
                    .filter(entry -> entry.getKey().session().equals(session.key()))
                    .map(Map.Entry::getValue)
                    .toList();
            seats.values().removeAll(left);
            memories.keySet().removeIf(key -> key.session().equals(session.key()));
            remaining = List.copyOf(seats.values());
        }
        left.forEach(Seat::close);
        remaining.forEach(seat -> seat.ended(session));
    }

    /** How many connections are held, for tests and metrics. */
    public int connections() {
        synchronized (seats) {
            return seats.size();
        }
    }

    /** How many sessions something is remembered for, for tests. */
    int remembered() {
        synchronized (seats) {
            return memories.size();
        }
    }

    @Override
    public void close() {
        sweeping.cancel(false);
        List<Seat> all;
        synchronized (seats) {
            closed = true;
            all = List.copyOf(seats.values());
            seats.clear();
            memories.clear();
        }
        all.forEach(Seat::close);
        connector.close();
    }

    @Override
    public String toString() {
        return "PooledUpstream[" + name + " " + connector.describe() + "]";
    }
}
