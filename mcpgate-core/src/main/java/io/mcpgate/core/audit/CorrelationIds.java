package io.mcpgate.core.audit;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that tie log lines and audit records to a call: unique over restarts, cheap, and no secret. */
public final class CorrelationIds {
    private final String run = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final AtomicLong count = new AtomicLong();

    /** Ids of a run of their own. */
    public CorrelationIds() {}

    /** The next id. */
    public String next() {
        return run + '-' + count.incrementAndGet();
    }
}
