package io.mcpgate.core.bridge;

import java.time.Duration;

/** Whether a server can do something: yes for good, or no for a while, or not known. Safe for use by many threads. */
final class Verdict {
    private static final Duration NO_LASTS = Duration.ofMinutes(5);

    private enum Known {
        YES,
        NO,
        NOTHING
    }

    private volatile Known known = Known.NOTHING;
    private volatile long askAgainNanos;

    void yes() {
        known = Known.YES;
    }

    void no() {
        askAgainNanos = System.nanoTime() + NO_LASTS.toNanos();
        known = Known.NO;
    }

    boolean isYes() {
        return known == Known.YES;
    }

    boolean isNo() {
        return known == Known.NO && System.nanoTime() - askAgainNanos < 0;
    }
}
