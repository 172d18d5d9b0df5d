package io.mcpgate.http.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream of events was read, to go on behind it on another exchange (2025-11-25, "Resumability and Redelivery").
 * An id that no header can carry is none: to go on behind an earlier one would be to hear things twice.
 */
final class Bookmark {
    private static final Duration WAIT_LONGEST = Duration.ofMinutes(1);
    private static final int EVENT_ID_MAX = 1_024;

    private volatile @Nullable String eventId;
    private volatile @Nullable Duration retry;

    /** Puts it where a parser has come to. */
    void moveTo(SseParser parser) {
        eventId = parser.lastEventId().filter(Bookmark::isSendable).orElse(null);
        parser.retryMillis().ifPresent(millis -> retry = shorter(Duration.ofMillis(millis), WAIT_LONGEST));
    }

    /** The server has that event no more: from now on it is asked for what comes, after the wait that it has wished. */
    void forgetEvent() {
        eventId = null;
    }

    private static boolean isSendable(String id) {
        boolean padded = id.startsWith(" ") || id.endsWith(" ");
        return !padded && id.length() <= EVENT_ID_MAX && id.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** The id of the last event, if the server gave one. */
    Optional<String> eventId() {
        return Optional.ofNullable(eventId);
    }

    /** What a request needs that asks for the rest. */
    List<HttpEngine.Header> headers() {
        return eventId()
                .map(id -> List.of(new HttpEngine.Header("Last-Event-ID", id)))
                .orElse(List.of());
    }

    /** How long the server wants its client to wait before it comes back, a minute at the most. */
    Duration wait(Duration otherwise) {
        Duration said = retry;
        return said == null ? otherwise : said;
    }
}
