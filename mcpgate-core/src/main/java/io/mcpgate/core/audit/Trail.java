package io.mcpgate.core.audit;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What the steps learn about one call on its way in, for the records that are written further out. Calls are immutable
 * and flow inwards only; this is the one thing about a call that flows outwards, and nothing decides by it.
 */
public final class Trail {
    private static final AttributeKey<Trail> KEY = AttributeKey.of("audit trail", Trail.class);

    private final String correlationId;
    private final long startNanos = System.nanoTime();
    private volatile Principal principal;
    private volatile @Nullable Call decided;
    private volatile Verdict verdict = Verdict.ALLOWED;
    private volatile String reason = "";

    private Trail(String correlationId, Principal principal) {
        this.correlationId = correlationId;
        this.principal = principal;
    }

    /** The call with an empty trail. */
    public static Call start(Call call, String correlationId) {
        return call.with(KEY, new Trail(correlationId, call.principal()));
    }

    /** One of several calls that a call was taken apart into: a trail of its own under the same correlation id. */
    public static Call branch(Call call) {
        return start(call, of(call).correlationId());
    }

    /** A call that the gateway makes on account of another one: a trail of its own under that one's correlation id. */
    public static Call onAccountOf(Call cause, Call made) {
        return start(made.onAccountOf(cause), of(cause).correlationId());
    }

    /** The trail of a call; one that nobody reads if there is no audit. */
    public static Trail of(Call call) {
        return call.attribute(KEY).orElseGet(() -> new Trail("", call.principal()));
    }

    /** Who calls is known. */
    public void identified(Principal caller) {
        principal = caller;
    }

    /** Policy has allowed the call, in this form. */
    public void allowed(Call call, String why) {
        decided = call;
        verdict = Verdict.ALLOWED;
        reason = why;
    }

    /** Policy has refused the call, in this form. */
    public void denied(Call call, String why) {
        decided = call;
        refused(why);
    }

    /** Some step refuses the call. */
    public void refused(String why) {
        verdict = Verdict.REFUSED;
        reason = why;
    }

    /** The same for all records of one call. */
    public String correlationId() {
        return correlationId;
    }

    long startNanos() {
        return startNanos;
    }

    Principal principal() {
        return principal;
    }

    Verdict verdict() {
        return verdict;
    }

    String reason() {
        return reason;
    }

    Call decided(Call otherwise) {
        Call known = decided;
        return known == null ? otherwise : known;
    }
}
