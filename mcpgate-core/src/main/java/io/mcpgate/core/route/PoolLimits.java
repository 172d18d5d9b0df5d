package io.mcpgate.core.route;

import java.time.Duration;

/**
 * Bounds of one upstream's pool.
 *
 * @param connectionsMax connections at once; when all are in use, a further session is told to come back
 * @param idle after this time without a call a connection is closed; the next call opens it again
 * @param connectTimeout for opening a connection, the handshake included
 */
public record PoolLimits(int connectionsMax, Duration idle, Duration connectTimeout) {
    /** 1,000 connections, 30 minutes idle, 30 seconds to connect. */
    public static final PoolLimits DEFAULT = new PoolLimits(1_000, Duration.ofMinutes(30), Duration.ofSeconds(30));

    public PoolLimits {
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("A pool needs room for at least one connection");
        }
    }

    /** These limits with another time to connect. */
    public PoolLimits withConnectTimeout(Duration time) {
        return new PoolLimits(connectionsMax, idle, time);
    }
}
