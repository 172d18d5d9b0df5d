package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.route.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a legacy session for what belongs to no call (HTTP GET). A server that offers none is asked once and
 * never again; a stream that breaks is opened again after a while, behind the last event that came.
 */
final class GeneralStream implements Answer {
    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_LONGEST = Duration.ofMinutes(1);
    private static final int EVENT_ID_MAX = 1_024;
    private static final Reply.Failure CLOSED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed");

    private final LegacyConnection connection;
    private final Backoff backoff = new Backoff(WAIT_FIRST, WAIT_LONGEST, System::nanoTime);
    private boolean asked; // guarded by this
    private boolean closed; // guarded by this
    private @Nullable Exchange exchange; // guarded by this
    private Cancellation.Registration waiting = () -> {}; // guarded by this
    private volatile @Nullable String lastEventId;
    private volatile long retryMillis;
    private volatile boolean offered = true;
    private @Nullable SseParser events; // these two by one exchange after the other
    private List<CompletableFuture<Void>> slow = new ArrayList<>();

    GeneralStream(LegacyConnection connection) {
        this.connection = connection;
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
        List<HttpEngine.Header> headers = connection.sessionHeaders();
        String resumed = lastEventId;
        if (resumed != null) {
            headers.add(new HttpEngine.Header("Last-Event-ID", resumed));
        }
        Endpoint endpoint = connection.endpoint();
        Exchange asking = connection.exchange(
                new HttpEngine.Request("GET", endpoint.uri(), endpoint.headers("text/event-stream", headers), null),
                this);
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
            events = new SseParser(connection.messageBytesMax(), this::event);
            return;
        }
        offered = status == 429 || status >= 500; // anything else is the server's last word
        throw Status.refuse(head);
    }

    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
        SseParser parser = events;
        if (parser != null) {
            parser.feed(bytes);
            parser.lastEventId().filter(GeneralStream::isSendable).ifPresent(id -> lastEventId = id);
            parser.retryMillis().ifPresent(millis -> retryMillis = Math.min(millis, WAIT_LONGEST.toMillis()));
        }
        if (slow.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> all = CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new));
        slow = new ArrayList<>();
        return all;
    }

    private static boolean isSendable(String id) {
        return id.length() <= EVENT_ID_MAX && id.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }

    private void event(String type, byte[] data) {
        if (!type.equals("message")) {
            return;
        }
        backoff.succeeded();
        try {
            Envelope message = connection.reader().read(data);
            if (message instanceof Envelope.Request request) {
                CompletableFuture<Void> taken =
                        connection.duplex().receive(request, null).toCompletableFuture();
                if (!taken.isDone()) {
                    slow.add(taken);
                }
                return;
            }
        } catch (MalformedMessage malformed) {
            // One bad event says nothing about the next: it is dropped like what nobody waits for.
        }
        connection.dropped(); // responses come on the stream of their call
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
        events = null;
        slow = new ArrayList<>();
        if (!offered || !connection.isOpen()) {
            return;
        }
        backoff.failed();
        Duration wait =
                Duration.ofMillis(Math.max(retryMillis, backoff.remaining().toMillis()));
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
