package io.mcpgate.http.endpoint;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The room that all bodies together have while they come in. Nobody is identified by then, so whoever comes first is served
 * first. Safe for use by many threads, without a lock.
 */
final class BodyBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether there was so much room left; then it is taken. */
    boolean take(long bytes) {
        if (bytes == 0) {
            return true;
        }
        long now;
        do {
            now = taken.get();
            if (bytes > bytesMax - now) {
                return false;
            }
        } while (!taken.compareAndSet(now, now + bytes));
        return true;
    }

    /** Gives back what was taken. */
    void giveBack(long bytes) {
        if (bytes != 0) {
            taken.addAndGet(-bytes);
        }
    }

    /** All the room that there is. */
    long bytesMax() {
        return bytesMax;
    }

    /** How much of it is taken, for tests. */
    long taken() {
        return taken.get();
    }
}
