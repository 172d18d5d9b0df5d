package io.mcpgate.http.endpoint;

import io.mcpgate.core.json.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to no call of a legacy session, on the streams that its client opens for that (GET). Each message goes out on
 * one of them, the newest. While none is open, notifications wait, as many as the limits allow, and that a list has changed
 * only once. Requests wait only for the
 * first stream, which a client opens soon after its handshake (servers ask for roots just then); a client that has closed its
 * streams would perhaps never see them, so they fail at once.
 */
final class GeneralStream {
    private final EndpointLimits limits;
    private final SessionStreams streams;
    private final Deque<Frame> waiting = new ArrayDeque<>(); // guarded by this
    private int waitingBytes; // guarded by this
    private final Deque<SessionStream> open = new ArrayDeque<>(); // guarded by this; the newest last
    private boolean opened; // guarded by this
    private boolean ended; // guarded by this

    GeneralStream(EndpointLimits limits, SessionStreams streams) {
        this.limits = limits;
        this.streams = streams;
    }

    /**
     * Opens one more stream, and sends what has waited for one.
     *
     * @return false if there are as many as there may be, or the session has ended; then {@code opening} was not asked
     */
    boolean open(Supplier<EventStream> opening) {
        Optional<Runnable> connected;
        synchronized (this) {
            forgetClosed();
            connected = hasRoom() ? connect(streams.open(true), 0, opening) : Optional.empty();
        }
        connected.ifPresent(Runnable::run);
        return connected.isPresent();
    }

    /** Opens a stream again where its client has left it; see {@link #open}. */
    boolean resume(SessionStream stream, long after, Supplier<EventStream> opening) {
        Optional<Runnable> connected;
        synchronized (this) {
            forgetClosed();
            connected = open.contains(stream) || hasRoom() ? connect(stream, after, opening) : Optional.empty();
        }
        connected.ifPresent(Runnable::run);
        return connected.isPresent();
    }

    private boolean hasRoom() {
        return !ended && open.size() < limits.streamsPerSession();
    }

    private Optional<Runnable> connect(SessionStream stream, long after, Supplier<EventStream> opening) {
        Optional<Runnable> connected = ended ? Optional.empty() : stream.connect(after, List.copyOf(waiting), opening);
        if (connected.isPresent()) {
            forgetWaiting();
            open.remove(stream);
            open.addLast(stream);
            opened = true;
        }
        return connected;
    }

    private void forgetClosed() {
        for (Iterator<SessionStream> each = open.iterator(); each.hasNext(); ) {
            SessionStream stream = each.next();
            if (!stream.isOpen()) {
                each.remove();
                streams.forgetIfUnused(stream);
            }
        }
    }

    private void forgetWaiting() {
        waiting.clear();
        waitingBytes = 0;
    }

    /** Sends a message in its turn. */
    CompletionStage<Void> send(Frame frame, boolean request) {
        SessionStream newest;
        synchronized (this) {
            newest = newest();
            if (newest == null) {
                return await(frame, request);
            }
        }
        return newest.send(frame);
    }

    private @Nullable SessionStream newest() {
        forgetClosed();
        return open.peekLast();
    }

    private CompletionStage<Void> await(Frame frame, boolean request) {
        if (ended || (request && opened)) {
            return CompletableFuture.failedFuture(new EventStream.Closed("The client has no stream open"));
        }
        if (waiting.stream().anyMatch(frame::repeats)) {
            return CompletableFuture.completedFuture(null);
        }
        if (waiting.size() >= limits.queuedMessages() || waitingBytes + frame.size() > limits.queuedBytes()) {
            return CompletableFuture.failedFuture(new EventStream.Closed("Too much waits for a stream"));
        }
        waiting.add(frame);
        waitingBytes += frame.size();
        return CompletableFuture.completedFuture(null);
    }

    /** No stream is opened any more, and nothing waits for one; those that are open are the session's to end. */
    synchronized void end() {
        ended = true;
        forgetWaiting();
    }

    /** The gateway closes: ends the streams' connections, and with them what could be sent here. */
    void close() {
        List<SessionStream> all;
        synchronized (this) {
            end();
            all = List.copyOf(open);
        }
        all.forEach(SessionStream::disconnect);
    }
}
