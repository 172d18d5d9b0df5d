package io.mcpgate.http.endpoint;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.core.json.Frame;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one client as server-sent events, one message in one event with one line of data. A comment
 * now and then shows that the connection lives, and a client that does not read is cut off: what it would make others wait
 * for, or the gateway keep, is bounded.
 */
final class EventStream {
    private static final ByteBuffer HEAD = Responder.ascii("event: message\ndata: ");
    private static final ByteBuffer TAIL = Responder.ascii("\n\n");
    private static final ByteBuffer COMMENT = Responder.ascii(": keep-alive\n\n");

    private final HttpExchange exchange;
    private final HttpExchange.Stream out;
    private final EndpointLimits limits;
    private final AtomicLong pendingBytes = new AtomicLong();
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

    /** Sends the response's head and a first comment, so that the client knows that it is heard. */
    void greet() {
        write(COMMENT.remaining(), COMMENT.duplicate());
    }

    CompletionStage<Void> send(Frame frame) {
        ByteBuffer line = ByteBuffer.wrap(frame.toLine());
        return write(HEAD.remaining() + line.remaining() + TAIL.remaining(), HEAD.duplicate(), line, TAIL.duplicate());
    }

    private CompletionStage<Void> write(int bytes, ByteBuffer... parts) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(new Closed("The stream has ended"));
        }
        if (pendingBytes.get() > limits.pendingBytes()) {
            cut();
            return CompletableFuture.failedFuture(new Closed("The client does not read its stream"));
        }
        if (pendingBytes.getAndAdd(bytes) == 0) {
            progressNanos = System.nanoTime();
        }
        CompletionStage<Void> written = out.write(parts);
        written.whenComplete((done, error) -> {
            pendingBytes.addAndGet(-bytes);
            progressNanos = System.nanoTime();
            if (error != null) {
                close();
            }
        });
        if (pendingBytes.get() > 0 && watched.compareAndSet(false, true)) {
            exchange.after(limits.stall(), this::cutIfStalled);
        }
        return written;
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
    void end() {
        if (close()) {
            out.end();
        }
    }

    /** The client is gone, or as good as gone. */
    void cut() {
        close();
        out.abort();
    }

    private boolean close() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        Registration comment = nextComment;
        if (comment != null) {
            comment.close();
        }
        onClose.run();
        return true;
    }

    /** The message will not reach the client. Nothing broke: no stack trace to pay for. */
    static final class Closed extends Exception {
        private static final long serialVersionUID = 1L;

        Closed(String message) {
            super(message, null, false, false);
        }
    }
}
