package io.mcpgate.http.upstream;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an HTTP status of a server means for the call that was sent. */
final class Status {
    private static final Duration RETRY_AFTER_MAX = Duration.ofDays(1);

    private Status() {}

    /** Whether the body may be an answer. */
    static boolean hasAnswer(int status) {
        return status == 200;
    }

    /** Whether a message was taken that needs no answer. */
    static boolean isTaken(int status) {
        return status >= 200 && status < 300;
    }

    /** Whether the body may be a JSON-RPC error, and nothing but that (MCP 2026-07-28, "Streamable HTTP"). */
    static boolean mayHaveError(int status) {
        return status >= 400 && status < 500 && status != 401 && status != 403 && status != 429;
    }

    /** Whether the same request may be answered otherwise a while later. */
    static boolean mayChange(int status) {
        return status == 429 || status >= 500;
    }

    /** Whether so answers who does not know the event that it was to go on behind; asking so again is of no use. */
    static boolean mayMeanUnknownEvent(int status) {
        return status == 400 || status == 404 || status == 410 || status == 412;
    }

    /** Why an answer with this head is none. */
    static BadAnswer refuse(HttpEngine.Head head) {
        int status = head.status();
        return switch (status) {
            case 401, 403 -> unavailable(status, "The server refused the gateway's credential", Map.of());
            case 429 -> unavailable(status, "The server is being asked too often", retryAfter(head));
            case 503 -> unavailable(status, "The server is not available", retryAfter(head));
            default -> BadAnswer.status(status, words(status));
        };
    }

    private static String words(int status) {
        if (status < 300) {
            return "that is no answer to a request";
        }
        if (status < 400) {
            return "the gateway follows no redirect";
        }
        return status < 500 ? "it refused the request" : "it failed";
    }

    private static BadAnswer unavailable(int status, String message, Map<String, ?> details) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("status", status);
        data.putAll(details);
        return new BadAnswer(Reply.Failure.of(ErrorCode.UNAVAILABLE, message + " (HTTP " + status + ")", data));
    }

    private static Map<String, ?> retryAfter(HttpEngine.Head head) {
        return head.header("Retry-After")
                .flatMap(Status::delay)
                .map(delay -> Map.of("retryAfterMs", delay.toMillis()))
                .orElse(Map.of());
    }

    /** Seconds or a date (RFC 9110 §10.2.3), capped: 10^9 seconds are an attack or a mistake. */
    private static Optional<Duration> delay(String value) {
        String text = value.strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(text.length() > 9 ? RETRY_AFTER_MAX : capped(Duration.ofSeconds(Long.parseLong(text))));
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(capped(Duration.between(Instant.now(), at)));
        } catch (DateTimeException neither) {
            return Optional.empty();
        }
    }

    private static Duration capped(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : delay;
    }
}
