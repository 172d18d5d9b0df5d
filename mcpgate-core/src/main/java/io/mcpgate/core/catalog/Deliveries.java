package io.mcpgate.core.catalog;

import io.mcpgate.Reply;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.stage.Stages;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one client, one after the other: each goes out when the one before it has been taken, however that
 * went, and none before {@link #begin}. That a list has changed waits only once. What waits is bounded, for not every
 * connection of a server can be held back; after one message too many no further one is taken in.
 *
 * <p>Safe for use by many threads.
 */
final class Deliveries {
    /** Messages that may wait, beside the one that is under way. */
    static final int MESSAGES_MAX = 1_024;

    /** Bytes that may wait, beside the message that is under way and the newest one, which may be of any size. */
    static final int BYTES_MAX = 1 << 20;

    private final int messagesMax;
    private final int bytesMax;
    private final Deque<Delivery> waiting = new ArrayDeque<>(); // guarded by this
    private long waitingBytes; // guarded by this
    private boolean underWay = true; // guarded by this; also before the first, which nothing may overtake
    private boolean full; // guarded by this; for good, as one message is missing
    private final CompletableFuture<Reply> begun = new CompletableFuture<>();
    private CompletableFuture<Reply> last = begun; // guarded by this
    private final AtomicInteger flushes = new AtomicInteger();

    Deliveries() {
        this(MESSAGES_MAX, BYTES_MAX);
    }

    /** With other bounds, for tests. */
    Deliveries(int messagesMax, int bytesMax) {
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
    }

    private record Delivery(
            Frame message, long bytes, Supplier<CompletionStage<Reply>> sending, CompletableFuture<Reply> taken) {}

    /** Sends the first message, and behind it what waits. To be called once. */
    void begin(Supplier<CompletionStage<Reply>> first) {
        send(first, begun);
    }

    /**
     * Gives a message its place in the order.
     *
     * @param sending hands it to the client; not called if the same news waits already
     * @return completes when the client has taken it; empty if more waits than may, and then it is dropped
     */
    Optional<CompletionStage<Reply>> add(Frame message, Supplier<CompletionStage<Reply>> sending) {
        Delivery delivery = new Delivery(message, message.size(), sending, new CompletableFuture<>());
        synchronized (this) {
            Delivery same = waitingFor(message);
            if (same != null) {
                return Optional.of(same.taken());
            }
            full = full || waiting.size() >= messagesMax || waitingBytes > bytesMax;
            if (full) {
                return Optional.empty();
            }
            waiting.add(delivery);
            waitingBytes += delivery.bytes();
            last = delivery.taken();
        }
        flush();
        return Optional.of(delivery.taken());
    }

    private @Nullable Delivery waitingFor(Frame message) {
        if (message.isListChanged()) {
            for (Delivery delivery : waiting) {
                if (message.repeats(delivery.message())) {
                    return delivery;
                }
            }
        }
        return null;
    }

    /**
     * Sends what may go out. One thread at a time does it, so the order stays; and in a loop, for thousands may have waited
     * that are all taken at once.
     */
    private void flush() {
        if (flushes.getAndIncrement() > 0) {
            return; // whoever is at it will see the new ones too
        }
        int seen = 1;
        do {
            for (Delivery delivery = next(); delivery != null; delivery = next()) {
                send(delivery.sending(), delivery.taken());
            }
            seen = flushes.addAndGet(-seen);
        } while (seen > 0);
    }

    private synchronized @Nullable Delivery next() {
        Delivery next = underWay ? null : waiting.poll();
        if (next != null) {
            underWay = true;
            waitingBytes -= next.bytes();
        }
        return next;
    }

    private void send(Supplier<CompletionStage<Reply>> sending, CompletableFuture<Reply> taken) {
        Stages.begin(sending) // also behind what throws the next one goes out
                .whenComplete(Stages.into(taken))
                .whenComplete((reply, error) -> over());
    }

    private void over() {
        synchronized (this) {
            underWay = false;
        }
        flush();
    }

    /** Whether nothing was ever given a place here. */
    synchronized boolean isUnused() {
        return last == begun;
    }

    /** Completes, also with an error, when the message that is the last by now has been taken. */
    synchronized CompletionStage<?> end() {
        return last;
    }
}
