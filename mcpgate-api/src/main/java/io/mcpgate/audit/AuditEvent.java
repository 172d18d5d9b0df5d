package io.mcpgate.audit;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit trail. No arguments, no results, no credentials.
 *
 * @param kind whether something is about to happen or has happened
 * @param time when the event was made, by the wall clock
 * @param correlationId the same for the attempt and the outcome of one call, unique in time
 * @param principal the principal's id; empty if nobody was identified
 * @param session the {@linkplain io.mcpgate.Session#key() session's key}
 * @param server the governed server's name; {@code null} if the call was never addressed to one
 * @param direction which way the message went
 * @param method the method
 * @param target what it named, in the server's own names
 * @param verdict what the gateway decided
 * @param reason why, in a short sentence that names the rule
 * @param outcome how it ended; {@code null} for an attempt
 * @param errorCode the JSON-RPC error code, if it ended with one
 * @param duration from the call's arrival to its end; {@code null} for an attempt
 * @param requestBytes size of the params; -1 if they never were bytes ({@link io.mcpgate.Payload#knownSize()})
 * @param replyBytes size of the result; 0 if there is none, -1 if it never was bytes
 */
public record AuditEvent(
        Kind kind,
        Instant time,
        String correlationId,
        String principal,
        String session,
        @Nullable String server,
        Direction direction,
        String method,
        Target target,
        Verdict verdict,
        String reason,
        @Nullable Outcome outcome,
        @Nullable Integer errorCode,
        @Nullable Duration duration,
        int requestBytes,
        int replyBytes) {

    public AuditEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(correlationId, "correlationId");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(verdict, "verdict");
    }

    /** Before or after. */
    public enum Kind {
        /** The call was allowed and is about to go to the upstream. */
        ATTEMPT,
        /** The call has ended; the client is about to learn of it. */
        OUTCOME
    }

    /** What the gateway decided. */
    public enum Verdict {
        /** Policy allowed it. */
        ALLOWED,
        /** It was refused, by whichever step. */
        REFUSED
    }

    /** How a call ended. */
    public enum Outcome {
        /** With a result; or, for a notification, taken by the upstream. */
        OK,
        /** The upstream asked for input. */
        INPUT_REQUIRED,
        /** A tool result that says it is an error, or a JSON-RPC error of the upstream. */
        ERROR,
        /** Refused by the gateway. */
        REFUSED,
        /** Cancelled by its client. */
        CANCELLED,
        /** The upstream could not be reached, was lost, or was too slow; or the gateway broke. */
        FAILED
    }
}
