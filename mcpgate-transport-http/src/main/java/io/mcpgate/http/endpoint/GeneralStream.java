package io.mcpgate.http.endpoint;

import io.mcpgate.core.json.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one stream of a legacy session for what belongs to no call (GET). While it is not open, notifications wait for it,
 * as many as the limits allow. Requests wait only for the first stream, which a client opens soon after its handshake (servers
 * ask for roots just then); a client that has closed its stream would perhaps never see them, so they fail at once.
 */
final class GeneralStream {
    private final EndpointLimits limits;
    private final Deque<Frame> waiting = new ArrayDeque<>(); // guarded by this
    private int waitingBytes; // guarded by this
    private @Nullable EventStream stream; // guarded by this
    private boolean ended; // guarded by this

    GeneralStream(EndpointLimits limits) {
        this.limits = limits;
    }

    /**
     * Opens the stream, and sends what has waited for it.
     *
     * @return false if there is one already, or the session has ended; then {@code opening} was not asked
     */
    synchronized boolean open(Supplier<EventStream> opening) {
        if (ended || (stream != null && stream.isOpen())) {
            return false;
        }
        EventStream opened = opening.get();
        stream = opened;
        opened.greet();
        waiting.forEach(opened::send);
        waiting.clear();
        waitingBytes = 0;
        return true;
    }

    /** Sends a message in its turn. */
    synchronized CompletionStage<Void> send(Frame frame, boolean request) {
        EventStream open = stream;
        if (open != null && open.isOpen()) {
            return open.send(frame);
        }
        if (ended || (request && stream != null)) {
            return CompletableFuture.failedFuture(new EventStream.Closed("The client has no stream open"));
        }
        if (waiting.size() >= limits.queuedMessages() || waitingBytes + frame.size() > limits.queuedBytes()) {
            return CompletableFuture.failedFuture(new EventStream.Closed("Too much waits for a stream"));
        }
        waiting.add(frame);
        waitingBytes += frame.size();
        return CompletableFuture.completedFuture(null);
    }

    synchronized boolean isOpen() {
        return stream != null && stream.isOpen();
    }

    /** Ends the stream for good. */
    synchronized void end() {
        ended = true;
        waiting.clear();
        waitingBytes = 0;
        if (stream != null) {
            stream.end();
        }
    }
}
