package io.mcpgate.core.route;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How long to leave a server alone that could not be reached: doubling from {@code first} to {@code longest}, with full
 * jitter, so that many gateways do not come back at the same moment. Failures further apart than twice the longest wait are
 * no row. Safe for use by many threads.
 */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final int tolerated;
    private final LongSupplier nanoClock;
    private int failures;
    private long lastFailure;
    private long notBefore;

    /** The first failure is followed by a wait. */
    public Backoff(Duration first, Duration longest, LongSupplier nanoClock) {
        this(first, longest, 0, nanoClock);
    }

    /** So many failures in a row are tolerated before the first wait. */
    public Backoff(Duration first, Duration longest, int tolerated, LongSupplier nanoClock) {
        this.first = first;
        this.longest = longest;
        this.tolerated = tolerated;
        this.nanoClock = nanoClock;
    }

    /** How long to wait before the next attempt; zero or less means now. */
    public synchronized Duration remaining() {
        return failures <= tolerated ? Duration.ZERO : Duration.ofNanos(notBefore - nanoClock.getAsLong());
    }

    /** An attempt has failed. One that comes long after the last starts a new row. */
    public synchronized void failed() {
        failures = isOver() ? 1 : failures + 1;
        long now = nanoClock.getAsLong();
        lastFailure = now;
        if (failures <= tolerated) {
            return;
        }
        long doubled = first.toNanos() << Math.min(failures - tolerated - 1, 20);
        long ceiling = doubled <= 0 ? longest.toNanos() : Math.min(doubled, longest.toNanos());
        notBefore = now + ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    }

    /** Whether the last failure is so long ago that the next one is the first of a row. */
    public synchronized boolean isOver() {
        return failures == 0 || nanoClock.getAsLong() - lastFailure > 2 * longest.toNanos();
    }

    /** An attempt has succeeded: the next failure starts from the beginning. */
    public synchronized void succeeded() {
        failures = 0;
    }
}
