package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.route.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a legacy session for what belongs to no call (HTTP GET). A server that offers none is asked once and
 * never again; a stream that breaks is opened again after a while, behind the last event that came, or from now on if
 * the server does not know that event any more. A server that has had one may refuse it for the moment, as one does
 * that takes the broken one for open: it is asked until it says that it offers none (405), or that the session has ended
 * (404).
 */
final class GeneralStream implements Answer {
    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_LONGEST = Duration.ofMinutes(1);
    /** A stream that lasted as long as this was in order, also if nothing was to be said; others may end at once each time. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private static final Reply.Failure CLOSED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed");

    private final LegacyConnection connection;
    private final LongSupplier nanoClock;
    private final Backoff backoff;
    private boolean asked; // guarded by this
    private boolean closed; // guarded by this
    private @Nullable Exchange exchange; // guarded by this
    private Cancellation.Registration waiting = () -> {}; // guarded by this
    private volatile boolean offered = true;
    private volatile boolean opened;
    private final Bookmark bookmark = new Bookmark();
    private @Nullable EventStream events; // these by one exchange after the other
    private long acceptedNanos;

    /** A stream that is not open yet. */
    GeneralStream(LegacyConnection connection, LongSupplier nanoClock) {
        this.connection = connection;
        this.nanoClock = nanoClock;
        this.backoff = new Backoff(WAIT_FIRST, WAIT_LONGEST, nanoClock);
    }

    /** Opens the stream, the first time it is called. */
    void open() {
        synchronized (this) {
            if (asked) {
                return;
            }
            asked = true;
        }
        ask();
    }

    private void ask() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        Exchange asking = connection.exchange(connection.get(bookmark), this);
        synchronized (this) {
            exchange = asking;
            if (!closed) {
                return;
            }
        }
        asking.abort(CLOSED);
    }

    @Override
    public void head(HttpEngine.Head head) throws BadAnswer {
        int status = head.status();
        if (Status.hasAnswer(status) && MediaType.of(head) == MediaType.EVENT_STREAM) {
            opened = true;
            acceptedNanos = nanoClock.getAsLong();
            events = new EventStream(connection.messageBytesMax(), bookmark, this::event);
            return;
        }
        if (opened) {
            offered = status != 405;
            if (Status.mayMeanUnknownEvent(status)) {
                bookmark.forgetEvent();
            }
            connection.streamRefused(status);
        } else {
            offered = Status.mayChange(status); // anything else is the server's last word
        }
        throw Status.refuse(head);
    }

    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
        EventStream stream = events;
        return stream == null ? CompletableFuture.completedFuture(null) : stream.feed(bytes);
    }

    private CompletionStage<Void> event(String type, byte[] data) {
        if (!type.equals("message")) {
            return CompletableFuture.completedFuture(null);
        }
        backoff.succeeded();
        try {
            Envelope message = connection.reader().read(data);
            if (message instanceof Envelope.Request request) {
                return connection.duplex().receive(request, null);
            }
        } catch (MalformedMessage malformed) {
            // One bad event says nothing about the next: it is dropped like what nobody waits for.
        }
        connection.dropped(); // responses come on the stream of their call
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void end() {
        openAgainLater();
    }

    @Override
    public void broken(Reply.Failure why) {
        openAgainLater();
    }

    private void openAgainLater() {
        boolean steady = events != null && nanoClock.getAsLong() - acceptedNanos >= STEADY.toNanos();
        events = null;
        if (!offered || !connection.isOpen()) {
            return;
        }
        if (steady) {
            backoff.succeeded();
        }
        backoff.failed();
        Duration wished = bookmark.wait(Duration.ZERO);
        Duration wait = wished.compareTo(backoff.remaining()) >= 0 ? wished : backoff.remaining();
        synchronized (this) {
            if (!closed) {
                waiting = connection.endpoint().exchanges().engine().after(wait, this::ask);
            }
        }
    }

    /** Closes it for good. */
    void close() {
        Exchange last;
        synchronized (this) {
            closed = true;
            waiting.close();
            last = exchange;
        }
        if (last != null) {
            last.abort(CLOSED);
        }
    }
}
