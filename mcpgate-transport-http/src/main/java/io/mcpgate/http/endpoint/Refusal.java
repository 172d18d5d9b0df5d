package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.MalformedMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is not answered as it hopes.
 *
 * @param status the HTTP status
 * @param id the request's id, as far as it was read
 * @param failure the JSON-RPC error; {@code null} for no body
 * @param headers further headers
 */
record Refusal(int status, @Nullable RequestId id, Reply.@Nullable Failure failure, Map<String, String> headers) {
    private static final String RETRY_SECONDS = "1"; // bodies come and go; what lasts is cut off by its time limit

    static Refusal of(int status, ErrorCode kind, String message) {
        return new Refusal(status, null, Reply.Failure.of(kind, message), Map.of());
    }

    static Refusal of(int status, Reply.Failure failure) {
        return new Refusal(status, null, failure, Map.of());
    }

    /** What was sent is no message. */
    static Refusal of(MalformedMessage malformed) {
        int status = malformed.kind() == ErrorCode.TOO_LARGE ? 413 : 400;
        return of(status, malformed.toFailure()).to(malformed.id().orElse(null));
    }

    /** What was sent was not read to its end. */
    static Refusal of(BodyRefused refused) {
        String reason = String.valueOf(refused.getMessage());
        return switch (refused.status()) {
            case 413 -> of(413, ErrorCode.TOO_LARGE, reason);
            case 503 ->
                new Refusal(
                        503,
                        null,
                        Reply.Failure.of(ErrorCode.UNAVAILABLE, reason),
                        Map.of("Retry-After", RETRY_SECONDS));
            default -> of(refused.status(), ErrorCode.INVALID_REQUEST, reason);
        };
    }

    /** Status and headers say it all. */
    static Refusal bare(int status, Map<String, String> headers) {
        return new Refusal(status, null, null, headers);
    }

    /** For the record. */
    String reason() {
        return failure == null ? "refused with HTTP status " + status : failure.message();
    }

    /** As the answer to that request. */
    Refusal to(@Nullable RequestId request) {
        return new Refusal(status, request, failure, headers);
    }
}
