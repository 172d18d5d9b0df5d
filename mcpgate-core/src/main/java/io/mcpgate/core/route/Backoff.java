package io.mcpgate.core.route;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How long to leave a server alone that could not be reached: doubling from {@code first} to {@code longest}, with full
 * jitter, so that many gateways do not come back at the same moment. Safe for use by many threads.
 */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final LongSupplier nanoClock;
    private int failures;
    private long notBefore;

    public Backoff(Duration first, Duration longest, LongSupplier nanoClock) {
        this.first = first;
        this.longest = longest;
        this.nanoClock = nanoClock;
    }

    /** How long to wait before the next attempt; zero or less means now. */
    public synchronized Duration remaining() {
        return failures == 0 ? Duration.ZERO : Duration.ofNanos(notBefore - nanoClock.getAsLong());
    }

    /** An attempt has failed. */
    public synchronized void failed() {
        long doubled = first.toNanos() << Math.min(failures, 20);
        long ceiling = doubled <= 0 ? longest.toNanos() : Math.min(doubled, longest.toNanos());
        failures++;
        notBefore = nanoClock.getAsLong() + ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    }

    /** An attempt has succeeded: the next failure starts from the beginning. */
    public synchronized void succeeded() {
        failures = 0;
    }
}
