package io.mcpgate.http.endpoint;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts what all sessions keep for clients that come back. One principal never has more than is still free afterwards, so
 * that nobody, however many sessions he opens, keeps others from keeping something: alone he gets half, two of them a third
 * each, and whoever comes late finds at least half of what the others have left. Safe for use by many threads.
 */
final class KeptBytes {
    private final long max;
    private final Map<String, Long> byOwner = new HashMap<>(); // guarded by this; those only who keep something
    private long total; // guarded by this

    KeptBytes(long max) {
        this.max = max;
    }

    /**
     * Takes room.
     *
     * @return false if that would be more than the owner's share; then nothing is taken
     */
    synchronized boolean take(String owner, long bytes) {
        long own = byOwner.getOrDefault(owner, 0L) + bytes;
        if (own > max - total - bytes) {
            return false;
        }
        byOwner.put(owner, own);
        total += bytes;
        return true;
    }

    /** Gives back what was taken. */
    synchronized void give(String owner, long bytes) {
        byOwner.computeIfPresent(owner, (who, own) -> own > bytes ? own - bytes : null);
        total -= bytes;
    }
}
