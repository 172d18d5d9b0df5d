package io.mcpgate.http.endpoint;

import io.mcpgate.core.json.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One event stream of a legacy session, as the specification means it: it outlives the connections that carry it one after
 * the other. Its messages are numbered; what was sent last is kept for a while ({@link SessionStreams}), so that a client
 * whose connection broke comes back with the last number it saw and misses nothing.
 */
final class SessionStream implements MessageStream {
    private final SessionStreams streams;
    private final EndpointLimits limits;
    private final String name;
    private final boolean general;
    private long last; // guarded by this; the number of the last message, 0 before the first
    private volatile @Nullable EventStream connection; // changed under this
    private final Deque<KeptEvent> backlog = new ArrayDeque<>(); // guarded by this; goes out before anything newer
    private int addedBytes; // guarded by this; of what joined the backlog since the client came back
    private @Nullable CompletableFuture<Void> caughtUp; // guarded by this; there until the backlog has gone out
    private volatile boolean ended; // changed under this

    /**
     * A stream that nobody listens to yet.
     *
     * @param name unique in the session
     * @param general whether it is for what belongs to no call; then it ends with the session only
     */
    SessionStream(SessionStreams streams, EndpointLimits limits, String name, boolean general) {
        this.streams = streams;
        this.limits = limits;
        this.name = name;
        this.general = general;
    }

    String name() {
        return name;
    }

    boolean isGeneral() {
        return general;
    }

    boolean isOpen() {
        EventStream known = connection;
        return known != null && known.isOpen();
    }

    /** Whether there will be something to send here, or somebody to come back, kept messages aside. Takes no lock. */
    boolean isInUse() {
        return !ended && (!general || isOpen());
    }

    /**
     * Whether a client that saw {@code number} last can be told the rest. Something in between may have been dropped, for
     * the store is bounded; but a stream of a call without its response would leave the client waiting for nothing.
     */
    synchronized boolean canResumeAfter(long number) {
        return number <= last && (!ended || number == last || streams.keepsLast(this, last));
    }

    /**
     * Goes on on another connection: first with what was missed, then with {@code further}, then live. A connection that
     * the stream has still is ended: its client has given it up, or nobody would come back.
     *
     * @return what is left to do, outside of all locks because others learn by it that their messages were taken; empty if
     *     going on is not possible, and then {@code opening} was not asked
     */
    Optional<Runnable> connect(long after, List<Frame> further, Supplier<EventStream> opening) {
        EventStream former;
        EventStream opened;
        CompletableFuture<Void> interrupted;
        synchronized (this) {
            if (!canResumeAfter(after)) {
                return Optional.empty();
            }
            former = connection;
            interrupted = caughtUp;
            opened = opening.get();
            connection = opened;
            streams.register(this);
            caughtUp = new CompletableFuture<>();
            addedBytes = 0;
            backlog.clear();
            backlog.addAll(streams.keptAfter(this, after));
            for (Frame frame : further) {
                KeptEvent event = next(frame);
                streams.keep(event);
                backlog.add(event);
            }
            if (after == 0 && streams.primes()) {
                opened.putPriming(eventId(0));
            } else {
                opened.putComment();
            }
        }
        return Optional.of(() -> {
            opened.flush();
            if (former != null) {
                former.end();
            }
            if (interrupted != null) {
                interrupted.complete(null);
            }
            catchUp(opened);
        });
    }

    private KeptEvent next(Frame frame) {
        return new KeptEvent(this, ++last, frame, System.nanoTime());
    }

    private String eventId(long number) {
        return streams.eventId(this, number);
    }

    /** The backlog goes out one by one, each behind the one before: it may be larger than what may wait at once. */
    private void catchUp(EventStream to) {
        while (true) {
            CompletableFuture<Void> taken = null;
            CompletableFuture<Void> done = null;
            boolean over;
            synchronized (this) {
                if (connection != to) {
                    return; // the client came back once more
                }
                KeptEvent event = to.isOpen() ? backlog.poll() : null;
                if (event != null) {
                    taken = to.put(eventId(event.number()), event.frame());
                } else {
                    backlog.clear();
                    done = caughtUp;
                    caughtUp = null;
                }
                over = ended;
            }
            if (taken == null) {
                hasCaughtUp(to, over, done);
                return;
            }
            to.flush();
            if (!taken.isDone()) {
                taken.whenComplete((sent, error) -> catchUp(to));
                return;
            }
        }
    }

    private static void hasCaughtUp(EventStream to, boolean over, @Nullable CompletableFuture<Void> done) {
        if (over) {
            to.end();
        }
        if (done != null) {
            done.complete(null);
        }
    }

    @Override
    public CompletionStage<Void> send(Frame frame) {
        EventStream to;
        CompletableFuture<Void> taken;
        boolean kept;
        synchronized (this) {
            if (ended) {
                return CompletableFuture.failedFuture(new EventStream.Closed("The stream has ended"));
            }
            to = connection;
            CompletableFuture<Void> waiting = waitingFor(frame, to);
            if (waiting != null) {
                return waiting;
            }
            KeptEvent event = next(frame);
            kept = streams.keep(event);
            if (to == null || !to.isOpen()) {
                return kept
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(new EventStream.Closed("The client is not connected"));
            }
            if (caughtUp != null) {
                return join(event, to, caughtUp);
            }
            taken = to.put(eventId(event.number()), frame);
        }
        to.flush();
        return kept ? taken.exceptionally(broken -> null) : taken;
    }

    /** Whether a message that has not gone out does for this one as well; see {@link EventStream#waitingFor}. */
    private @Nullable CompletableFuture<Void> waitingFor(Frame frame, @Nullable EventStream to) {
        if (caughtUp != null && backlog.stream().anyMatch(event -> frame.repeats(event.frame()))) {
            return caughtUp;
        }
        return to == null ? null : to.waitingFor(frame);
    }

    /** A message that comes while the client is still told what it missed. */
    private CompletionStage<Void> join(KeptEvent event, EventStream to, CompletableFuture<Void> replayed) {
        if (addedBytes > limits.pendingBytes()) {
            to.cut();
            return CompletableFuture.failedFuture(new EventStream.Closed("The client does not read its stream"));
        }
        addedBytes += event.frame().size();
        backlog.add(event);
        return replayed;
    }

    @Override
    public void greet() {
        EventStream open = connection;
        if (open != null) {
            open.greet();
        }
    }

    /** Nothing follows; what is kept stays for a client that comes back for it. */
    @Override
    public void end() {
        EventStream open;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            open = caughtUp == null ? connection : null; // otherwise it ends once it has caught up
        }
        if (open != null) {
            open.end();
        }
        streams.forgetIfUnused(this);
    }

    /** Ends the connection, not the stream: the client is to come back. */
    void disconnect() {
        EventStream open;
        synchronized (this) {
            open = connection;
            if (open == null) {
                return;
            }
            if (streams.primes()) {
                open.putRetry(limits.replay().retry());
            }
        }
        open.end();
    }

    /** The session has ended. */
    void abandon() {
        EventStream open;
        CompletableFuture<Void> interrupted;
        synchronized (this) {
            ended = true;
            open = connection;
            interrupted = caughtUp;
            backlog.clear();
        }
        if (open != null) {
            open.end();
        }
        if (interrupted != null) {
            interrupted.complete(null);
        }
    }
}
