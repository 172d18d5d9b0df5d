package io.mcpgate.http.endpoint;

import java.time.Duration;

/**
 * The bounds of an {@link McpEndpoint}. The size of one message is bounded by the gateway's JSON limits.
 *
 * @param sessionsPerPrincipal legacy sessions of one principal; one more ends the one that was idle longest
 * @param sessions legacy sessions of all principals
 * @param sessionIdle after this time without a request or an open stream a legacy session ends
 * @param callsPerSession requests that one legacy session may have in flight
 * @param keepAlive the time between two comments on an event stream; after this time without a reply, an answer becomes
 *     an event stream, so that nobody on the way takes the connection for dead
 * @param stall how long a client may leave an event stream unread before it is cut off
 * @param pendingBytes what may wait on one event stream for its client to read, beside the message that is written last
 * @param queuedMessages notifications that wait while a session has no stream open
 * @param queuedBytes their size in total
 */
public record EndpointLimits(
        int sessionsPerPrincipal,
        int sessions,
        Duration sessionIdle,
        int callsPerSession,
        Duration keepAlive,
        Duration stall,
        int pendingBytes,
        int queuedMessages,
        int queuedBytes) {

    /**
     * 1,000 sessions per principal, 10,000 in all, 30 min idle, 1,024 calls in flight per session, a comment every 15 s,
     * 30 s of stall, 256 KiB pending, 256 messages and 1 MiB queued.
     */
    public static final EndpointLimits DEFAULT = new EndpointLimits(
            1_000,
            10_000,
            Duration.ofMinutes(30),
            1_024,
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            256 << 10,
            256,
            1 << 20);

    public EndpointLimits {
        if (sessionsPerPrincipal < 1 || sessions < 1 || callsPerSession < 1 || pendingBytes < 1) {
            throw new IllegalArgumentException("Every limit of an endpoint must be at least 1");
        }
        if (queuedMessages < 0 || queuedBytes < 0) {
            throw new IllegalArgumentException("A queue cannot hold less than nothing");
        }
        requirePositive(sessionIdle);
        requirePositive(keepAlive);
        requirePositive(stall);
    }

    private static void requirePositive(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("A time limit must be more than zero");
        }
    }

    /** These limits with other bounds for legacy sessions. */
    public EndpointLimits withSessions(int perPrincipal, int inAll, Duration idle) {
        return new EndpointLimits(
                perPrincipal,
                inAll,
                idle,
                callsPerSession,
                keepAlive,
                stall,
                pendingBytes,
                queuedMessages,
                queuedBytes);
    }

    /** These limits with other times for event streams. */
    public EndpointLimits withStreams(Duration commentEvery, Duration stallMax) {
        return new EndpointLimits(
                sessionsPerPrincipal,
                sessions,
                sessionIdle,
                callsPerSession,
                commentEvery,
                stallMax,
                pendingBytes,
                queuedMessages,
                queuedBytes);
    }
}
