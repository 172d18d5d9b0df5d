package io.mcpgate.http.endpoint;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.core.json.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one client as server-sent events on one connection, one message in one event with one line of
 * data. A comment now and then shows that the connection lives, and a client that does not read is cut off: what it would
 * make others wait for, or the gateway keep, is bounded. While it is behind, most of what waits for it waits here, and not
 * in the engine, from where nothing comes back: so several news of one list that wait can become one.
 */
final class EventStream implements MessageStream {
    private static final String EVENT = "event: message\n";
    private static final ByteBuffer HEAD = Responder.ascii(EVENT + "data: ");
    private static final ByteBuffer TAIL = Responder.ascii("\n\n");
    private static final ByteBuffer COMMENT = Responder.ascii(": keep-alive\n\n");

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final long HANDED_OVER_MAX = 64 << 10;
    private static final int PIECE_BYTES = 64 << 10;

    private final HttpExchange exchange;
    private final HttpExchange.Stream out;
    private final EndpointLimits limits;
    private final Queue<Chunk> outbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger flushes = new AtomicInteger();
    private final AtomicLong pendingBytes = new AtomicLong(); // that the engine has and the client has not
    private final AtomicLong waitingBytes = new AtomicLong(); // of the outbox
    private volatile long newestBytes;
    private volatile boolean ending;
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile long progressNanos = System.nanoTime();
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Registration nextComment;

    /**
     * A stream that is open.
     *
     * @param onClose runs once when nothing more can be sent
     */
    EventStream(HttpExchange exchange, HttpExchange.Stream out, EndpointLimits limits, Runnable onClose) {
        this.exchange = exchange;
        this.out = out;
        this.limits = limits;
        this.onClose = onClose;
        commentLater();
    }

    /** What goes out in one piece; without anything it is the end. */
    private record Chunk(
            CompletableFuture<Void> taken,
            @Nullable ByteBuffer head,
            @Nullable Frame frame,
            long bytes) {}

    /** Sends the response's head and a first comment. */
    @Override
    public void greet() {
        putComment();
        flush();
    }

    @Override
    public CompletionStage<Void> send(Frame frame) {
        CompletionStage<Void> waiting = waitingFor(frame);
        if (waiting != null) {
            return waiting;
        }
        CompletionStage<Void> taken = enqueue(frame, HEAD.duplicate());
        flush();
        return taken;
    }

    /** Whether a message that waits here does for this one as well, and then when that one has been taken. */
    @Nullable
    CompletableFuture<Void> waitingFor(Frame frame) {
        if (frame.isListChanged()) {
            for (Chunk chunk : outbox) {
                Frame waiting = chunk.frame();
                if (waiting != null && frame.repeats(waiting)) {
                    return chunk.taken();
                }
            }
        }
        return null;
    }

    /**
     * Gives a message its place in the order, without sending it: so that a caller can do this under a lock, and
     * {@link #flush()} outside of it.
     */
    CompletableFuture<Void> put(String eventId, Frame frame) {
        return enqueue(frame, Responder.ascii(EVENT + "id: " + eventId + "\ndata: "));
    }

    /** Likewise, something that shows the client that it is heard. */
    void putComment() {
        enqueue(null, COMMENT.duplicate());
    }

    /** Likewise, an event without a message: it tells the client where to resume. */
    void putPriming(String eventId) {
        enqueue(null, Responder.ascii("id: " + eventId + "\ndata: \n\n"));
    }

    /**
     * Likewise, when to come back once this connection is closed. It has to be the last of it: the Java SDK's client up to
     * 1.1.5 drops a stream with a {@code retry} field.
     */
    void putRetry(Duration retry) {
        enqueue(null, Responder.ascii("retry: " + retry.toMillis() + "\n\n"));
    }

    private CompletableFuture<Void> enqueue(@Nullable Frame frame, @Nullable ByteBuffer head) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        long bytes = size(head, frame);
        newestBytes = bytes;
        waitingBytes.addAndGet(bytes);
        outbox.add(new Chunk(taken, head, frame, bytes));
        return taken;
    }

    private static long size(@Nullable ByteBuffer head, @Nullable Frame frame) {
        long bytes = head == null ? 0 : head.remaining();
        return frame == null ? bytes : bytes + frame.size() + TAIL.remaining();
    }

    /** Sends what was put. One thread at a time does it, so the order stays; nobody waits for another. */
    void flush() {
        if (flushes.getAndIncrement() > 0) {
            return; // whoever is at it will see the new chunks too
        }
        int seen = 1;
        do {
            for (Chunk chunk = next(); chunk != null; chunk = next()) {
                writeSafely(chunk);
            }
            seen = flushes.addAndGet(-seen);
        } while (seen > 0);
    }

    /** What may go to the engine now; the rest when it has got rid of what it has. */
    private @Nullable Chunk next() {
        boolean behind = pendingBytes.get() > HANDED_OVER_MAX && !ending && !closed.get();
        if (behind && handedOver() + waitingBytes.get() - newestBytes <= limits.pendingBytes()) {
            return null;
        }
        if (behind) {
            cut();
        }
        Chunk next = outbox.poll();
        if (next != null) {
            waitingBytes.addAndGet(-next.bytes());
        }
        return next;
    }

    /**
     * How much of what the engine has counts against the client. A message of any size may be handed over, and the next one
     * may come in the same moment: that the client has not read the first by then says nothing about the client.
     */
    private long handedOver() {
        return Math.min(pendingBytes.get(), HANDED_OVER_MAX);
    }

    /** An engine that breaks must not leave the others' chunks behind. */
    private void writeSafely(Chunk chunk) {
        try {
            write(chunk);
        } catch (RuntimeException broken) {
            close();
            chunk.taken().completeExceptionally(broken);
        }
    }

    private void write(Chunk chunk) {
        if (closed.get()) {
            chunk.taken().completeExceptionally(new Closed("The stream has ended"));
        } else if (chunk.head() == null) {
            close();
            out.end();
            chunk.taken().complete(null);
        } else if (handedOver() > limits.pendingBytes()) {
            cut();
            chunk.taken().completeExceptionally(new Closed("The client does not read its stream"));
        } else {
            write(chunk.taken(), chunk.head(), chunk.frame());
        }
    }

    /** A large message goes in pieces: a client that has read some of them reads, though it has not read the message. */
    private void write(CompletableFuture<Void> taken, ByteBuffer head, @Nullable Frame frame) {
        if (frame == null) {
            write(taken, true, head);
            return;
        }
        ByteBuffer line = ByteBuffer.wrap(frame.toLine());
        ByteBuffer before = head;
        while (line.remaining() > PIECE_BYTES) {
            write(taken, false, before, piece(line));
            before = NOTHING.duplicate();
        }
        write(taken, true, before, line, TAIL.duplicate());
    }

    private static ByteBuffer piece(ByteBuffer line) {
        ByteBuffer piece = line.slice(line.position(), PIECE_BYTES);
        line.position(line.position() + PIECE_BYTES);
        return piece;
    }

    private void write(CompletableFuture<Void> taken, boolean last, ByteBuffer... parts) {
        long bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        long size = bytes;
        if (pendingBytes.getAndAdd(size) == 0) {
            progressNanos = System.nanoTime();
        }
        out.write(parts).whenComplete((done, error) -> {
            pendingBytes.addAndGet(-size);
            progressNanos = System.nanoTime();
            if (error != null) {
                close();
                taken.completeExceptionally(error);
            } else if (last) {
                taken.complete(null);
            }
            flush(); // what waited for this
        });
        if (pendingBytes.get() > 0 && watched.compareAndSet(false, true)) {
            exchange.after(limits.stall(), this::cutIfStalled);
        }
    }

    private void cutIfStalled() {
        watched.set(false);
        if (pendingBytes.get() == 0) {
            return;
        }
        if (System.nanoTime() - progressNanos >= limits.stall().toNanos()) {
            cut();
        } else if (watched.compareAndSet(false, true)) {
            exchange.after(limits.stall(), this::cutIfStalled);
        }
    }

    private void commentLater() {
        nextComment = exchange.after(limits.keepAlive(), () -> {
            if (!closed.get()) {
                if (pendingBytes.get() == 0) {
                    greet();
                }
                commentLater();
            }
        });
    }

    boolean isOpen() {
        return !closed.get();
    }

    /** Ends the stream behind what was sent; a client that does not read it to its end is still cut off. */
    @Override
    public void end() {
        ending = true; // first, for the end counts as the newest: what waits before it would look like too much
        enqueue(null, null);
        flush();
    }

    /** The client is gone, or as good as gone. */
    void cut() {
        close();
        out.abort();
        flush(); // nothing waits for its turn any more
    }

    private void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Registration comment = nextComment;
        if (comment != null) {
            comment.close();
        }
        onClose.run();
    }

    /** The message will not reach the client. Nothing broke: no stack trace to pay for. */
    static final class Closed extends Exception {
        private static final long serialVersionUID = 1L;

        Closed(String message) {
            super(message, null, false, false);
        }
    }
}
