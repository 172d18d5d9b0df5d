package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The exchanges that a connector has under way: bounded in number, and ended when nothing has come for too long, or when
 * the server goes on for too long behind what mattered. Safe for use by many threads.
 */
final class Exchanges {
    /** How long a server may take to end an answer of which all that matters has come; then the connection is given up. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final Reply.Failure CLOSED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed");

    private final HttpEngine engine;
    private final int max;
    private final Duration idle;
    private final Map<Exchange, Object> running = new ConcurrentHashMap<>(); // to its owner
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;
    private volatile Cancellation.Registration sweeping = () -> {};

    /** At most {@code max} at once, of which none may be silent for longer than {@code idle}. */
    Exchanges(HttpEngine engine, int max, Duration idle) {
        this.engine = engine;
        this.max = max;
        this.idle = idle;
        sweepLater();
    }

    HttpEngine engine() {
        return engine;
    }

    /** Starts an exchange that ends with its owner at the latest. */
    Exchange start(Object owner, HttpEngine.Request request, Answer answer) {
        Exchange[] self = new Exchange[1];
        Exchange exchange = new Exchange(answer, () -> {
            if (running.remove(self[0]) != null) {
                count.decrementAndGet();
            }
        });
        self[0] = exchange;
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            exchange.abort(Reply.Failure.of(
                    ErrorCode.UNAVAILABLE, "More than " + max + " exchanges with the server are under way; try again"));
            return exchange;
        }
        running.put(exchange, owner);
        if (closed) {
            exchange.abort(CLOSED);
        } else {
            exchange.start(engine, request);
        }
        return exchange;
    }

    /** Ends those of one owner. */
    void abort(Object owner) {
        running.forEach((exchange, itsOwner) -> {
            if (itsOwner == owner) {
                exchange.abort(CLOSED);
            }
        });
    }

    private void sweepLater() {
        long period = Math.max(10, Math.min(LINGER.toMillis(), idle.toMillis() / 4));
        sweeping = engine.after(Duration.ofMillis(period), this::sweep);
        if (closed) {
            sweeping.close();
        }
    }

    private void sweep() {
        long lingerMax = Math.min(LINGER.toNanos(), idle.toNanos());
        running.keySet().forEach(exchange -> {
            boolean lingers = exchange.lingeringNanos() > lingerMax;
            boolean silent = exchange.idleNanos() > idle.toNanos() && !exchange.mayBeSilent();
            if (lingers || silent) {
                exchange.abort(Reply.Failure.of(
                        ErrorCode.UNAVAILABLE, "The server sent nothing for " + idle.toSeconds() + " s"));
            }
        });
        if (!closed) {
            sweepLater();
        }
    }

    /** How many are under way, for tests and metrics. */
    int size() {
        return count.get();
    }

    /** Ends all of them. */
    void close() {
        closed = true;
        sweeping.close();
        running.keySet().forEach(exchange -> exchange.abort(CLOSED));
    }
}
