package io.mcpgate.policy;

import java.util.Objects;

/**
 * A policy's answer.
 *
 * @param allowed whether the access is allowed
 * @param reason a short sentence for the audit record, naming the rule; the client never sees it
 */
public record Decision(boolean allowed, String reason) {
    public Decision {
        Objects.requireNonNull(reason, "reason");
    }

    /** Allowed, and why. */
    public static Decision allow(String reason) {
        return new Decision(true, reason);
    }

    /** Denied, and why. */
    public static Decision deny(String reason) {
        return new Decision(false, reason);
    }
}
