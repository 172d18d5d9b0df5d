package io.mcpgate.http.vertx;

import java.time.Duration;

/**
 * The bounds of a {@link VertxServer}.
 *
 * @param connections connections at once; further ones are closed at once
 * @param headerBytes all header fields of one request
 * @param headerTimeout from the connection to the end of its first request's header
 * @param bodyTimeout from the end of the header to the end of the body
 * @param idleTimeout between an answer and the next request on the same connection; a small answer must be read by then as
 *     well, or its client is cut off. Behind an answer to a request whose body was not read to its end, 5 s at the most
 * @param stall for how long a client may take nothing of an answer of more than 64 KiB before it is cut off; and one that asks
 *     on while more than 64 KiB of small answers are unread, before all but 32 KiB of them are taken
 */
public record ServerLimits(
        int connections,
        int headerBytes,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration stall) {

    /** 10,000 connections, 16 KiB of header in 10 s, 30 s for the body, 75 s idle, 30 s of stall. */
    public static final ServerLimits DEFAULT = new ServerLimits(
            10_000,
            16 << 10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(30));

    public ServerLimits {
        if (connections < 1 || headerBytes < 256) {
            throw new IllegalArgumentException("A server needs room for a connection, and 256 bytes for a header");
        }
        if (headerTimeout.toMillis() < 1
                || bodyTimeout.toMillis() < 1
                || idleTimeout.toMillis() < 1
                || stall.toMillis() < 1) {
            throw new IllegalArgumentException("A time limit must be at least a millisecond");
        }
    }

    /** These limits with other times. */
    public ServerLimits withTimeouts(Duration header, Duration body, Duration idle) {
        return new ServerLimits(connections, headerBytes, header, body, idle, stall);
    }

    /** These limits with another number of connections. */
    public ServerLimits withConnections(int max) {
        return new ServerLimits(max, headerBytes, headerTimeout, bodyTimeout, idleTimeout, stall);
    }

    /** These limits with another time for a client that does not read. */
    public ServerLimits withStall(Duration max) {
        return new ServerLimits(connections, headerBytes, headerTimeout, bodyTimeout, idleTimeout, max);
    }
}
