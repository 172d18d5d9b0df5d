package io.mcpgate.core.bridge;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether a server can do something: yes for good, or no for a while, or not known. Safe for use by many threads. */
final class Verdict {
    private static final Duration NO_LASTS = Duration.ofMinutes(5);

    private enum Known {
        YES,
        NO,
        NOTHING
    }

    private final LongSupplier nanoClock;
    private volatile Known known = Known.NOTHING;
    private volatile long askAgainNanos;

    Verdict(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    void yes() {
        known = Known.YES;
    }

    void no() {
        askAgainNanos = nanoClock.getAsLong() + NO_LASTS.toNanos();
        known = Known.NO;
    }

    void forget() {
        known = Known.NOTHING;
    }

    boolean isYes() {
        return known == Known.YES;
    }

    boolean isNo() {
        return known == Known.NO && nanoClock.getAsLong() - askAgainNanos < 0;
    }
}
