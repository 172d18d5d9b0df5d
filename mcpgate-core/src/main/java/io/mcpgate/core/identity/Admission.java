package io.mcpgate.core.identity;

import io.mcpgate.AttributeKey;

/**
 * Whether the sender of a message is known, and the session its own. An edge that has one stream for everything puts it on the
 * call, and learns by it who may be answered there: what a stranger is told must not reach the owner of the session.
 *
 * <p>Safe for use by several threads.
 */
public final class Admission {
    /** Under this key a call carries it. */
    public static final AttributeKey<Admission> KEY = AttributeKey.of("admission", Admission.class);

    private volatile boolean given;

    /** Nobody is known yet. */
    public Admission() {}

    void give() {
        given = true;
    }

    /** Whether the sender is known, and may speak in this session. */
    public boolean isGiven() {
        return given;
    }
}
