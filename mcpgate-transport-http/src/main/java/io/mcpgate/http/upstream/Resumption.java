package io.mcpgate.http.upstream;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.route.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Goes on with the stream of one call that ended, or broke off, before the response (2025-11-25, "Resumability and
 * Redelivery"): asks for what comes behind the last event (HTTP GET), after the wait that the server wishes, and again until
 * the response has come or nobody waits for it any more. The call itself is never sent a second time.
 */
final class Resumption implements Answer {
    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_LONGEST = Duration.ofMinutes(1);
    private static final int ATTEMPTS_MAX = 1_000;
    private static final int FAILURES_MAX = 4; // in a row

    private final LegacyConnection connection;
    private final CallMessages messages;
    private final Bookmark bookmark;
    // One stream that ends without an event is part of polling; only further ones are left alone for longer.
    private final Backoff backoff = new Backoff(WAIT_FIRST, WAIT_LONGEST, 1, System::nanoTime);
    private int attempts; // these by one exchange after the other
    private int failures;
    private boolean mayAskAgain;
    private @Nullable EventStream events;

    Resumption(LegacyConnection connection, CallMessages messages, Bookmark bookmark) {
        this.connection = connection;
        this.messages = messages;
        this.bookmark = bookmark;
    }

    /** Asks for the rest, later; false if that leads nowhere. */
    boolean goOn() {
        boolean possible = bookmark.eventId().isPresent() && connection.isOpen();
        if (!possible || attempts == ATTEMPTS_MAX || failures == FAILURES_MAX) {
            return false;
        }
        attempts++;
        backoff.failed();
        Duration wished = bookmark.wait(WAIT_FIRST);
        Duration wait = wished.compareTo(backoff.remaining()) >= 0 ? wished : backoff.remaining();
        connection.endpoint().exchanges().engine().after(wait, this::ask);
        return true;
    }

    private void ask() {
        if (!messages.isAnswered()) {
            events = null;
            mayAskAgain = false;
            messages.carriedBy(connection.exchange(connection.get(bookmark), this));
        }
    }

    @Override
    public void head(HttpEngine.Head head) throws BadAnswer {
        int status = head.status();
        if (Status.hasAnswer(status) && MediaType.of(head) == MediaType.EVENT_STREAM) {
            events = messages.stream(bookmark);
            return;
        }
        connection.streamRefused(status);
        mayAskAgain = Status.mayChange(status);
        throw new BadAnswer(Reply.Failure.of(
                ErrorCode.UNAVAILABLE,
                "The server's stream ended before the response, and could not be gone on with (HTTP " + status + ")"));
    }

    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
        EventStream stream = events;
        if (stream == null) {
            return CompletableFuture.completedFuture(null);
        }
        String before = bookmark.eventId().orElse("");
        CompletionStage<Void> taken = stream.feed(bytes);
        if (!bookmark.eventId().orElse("").equals(before)) {
            failures = 0;
            backoff.succeeded();
        }
        return taken;
    }

    @Override
    public void end() throws BadAnswer {
        if (!messages.isAnswered() && !goOn()) {
            throw CallAnswer.streamEnded();
        }
    }

    @Override
    public void brokeOff(Reply.Failure why) {
        failures++;
        if (!messages.isAnswered() && !goOn()) {
            messages.fail(why);
        }
    }

    @Override
    public void broken(Reply.Failure why) {
        if (mayAskAgain) {
            brokeOff(why);
        } else {
            messages.fail(why);
        }
    }

    @Override
    public boolean isSettled() {
        return messages.isAnswered();
    }
}
