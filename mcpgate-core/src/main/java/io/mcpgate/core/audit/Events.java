package io.mcpgate.core.audit;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.audit.AuditEvent.Verdict;
import io.mcpgate.core.json.RawPayload;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes audit events of calls, replies and trails. */
record Events(Clock clock) {

    AuditEvent attempt(Call call, Trail trail) {
        return event(Kind.ATTEMPT, call, trail, trail.verdict(), null, null, null, 0);
    }

    AuditEvent outcome(Call arrived, Trail trail, @Nullable Reply reply) {
        Reply.Failure failure = reply instanceof Reply.Failure failed ? failed : null;
        Outcome outcome = outcome(trail, reply);
        return event(
                Kind.OUTCOME,
                trail.decided(arrived),
                trail,
                outcome == Outcome.REFUSED ? Verdict.REFUSED : trail.verdict(),
                outcome,
                failure == null ? null : failure.code(),
                Duration.ofNanos(System.nanoTime() - trail.startNanos()),
                size(reply));
    }

    private AuditEvent event(
            Kind kind,
            Call call,
            Trail trail,
            Verdict verdict,
            @Nullable Outcome outcome,
            @Nullable Integer errorCode,
            @Nullable Duration duration,
            int replyBytes) {
        return new AuditEvent(
                kind,
                clock.instant(),
                trail.correlationId(),
                trail.principal().id(),
                call.session().key(),
                call.server().orElse(null),
                call.direction(),
                call.method(),
                call.target(),
                verdict,
                trail.reason(),
                outcome,
                errorCode,
                duration,
                size(call.params()),
                replyBytes);
    }

    private static Outcome outcome(Trail trail, @Nullable Reply reply) {
        if (reply == null) {
            return Outcome.FAILED;
        }
        if (reply instanceof Reply.Failure failure) {
            return outcome(trail, failure);
        }
        if (trail.verdict() == Verdict.REFUSED) {
            return Outcome.REFUSED; // some servers say "unknown" in a result, and then so does a concealed refusal
        }
        if (reply instanceof Reply.InputRequired) {
            return Outcome.INPUT_REQUIRED;
        }
        boolean error = reply instanceof Reply.Complete complete && saysError(complete.result());
        return error ? Outcome.ERROR : Outcome.OK;
    }

    private static boolean saysError(Payload result) {
        return result instanceof RawPayload raw
                ? raw.isError()
                : told(() -> Boolean.TRUE.equals(result.member("isError")), false);
    }

    private static Outcome outcome(Trail trail, Reply.Failure failure) {
        ErrorCode kind = failure.kind();
        if (kind == null) {
            return trail.verdict() == Verdict.REFUSED ? Outcome.REFUSED : Outcome.ERROR;
        }
        return switch (kind) {
            case CANCELLED -> Outcome.CANCELLED;
            case INTERNAL, BAD_UPSTREAM, UNAVAILABLE, DEADLINE, AUDIT_UNAVAILABLE -> Outcome.FAILED;
            default -> Outcome.REFUSED;
        };
    }

    private static int size(@Nullable Reply reply) {
        if (reply instanceof Reply.Complete complete) {
            return size(complete.result());
        }
        if (reply instanceof Reply.InputRequired asking) {
            return size(asking.result());
        }
        Payload data = reply instanceof Reply.Failure failure ? failure.data() : null;
        return data == null ? 0 : size(data);
    }

    private static int size(Payload body) {
        return body instanceof RawPayload raw ? raw.size() : told(body::knownSize, -1);
    }

    /** What an object of the host can say of itself: if it cannot, there is a record all the same. */
    private static <T> T told(Supplier<T> asked, T otherwise) {
        try {
            return asked.get();
        } catch (RuntimeException broken) {
            return otherwise;
        }
    }
}
