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
 * @param pendingBytes what may wait on one event stream for its client to read, beside one message that is under way and the
 *     one that is written last
 * @param queuedMessages notifications that wait while a session has no stream open
 * @param queuedBytes their size in total
 * @param streamsPerSession streams for what belongs to no call (GET) that one legacy session may have open at once
 * @param batchMessages messages of one batch, which only revision 2025-03-26 has
 * @param batchBytes responses to one batch that are gathered for a client that takes no event stream
 * @param bodyBytes what the bodies of requests may take together while they come in, in bytes of memory; those of up to
 *     4 KiB do not count and are always taken, another one that finds no room is refused. One message always finds room
 *     where there is no other: less than the gateway's limit for one counts as that
 * @param replay what is kept for clients whose connection broke
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
        int queuedBytes,
        int streamsPerSession,
        int batchMessages,
        int batchBytes,
        long bodyBytes,
        Replay replay) {

    /**
     * 1,000 sessions per principal, 10,000 in all, 30 min idle, 1,024 calls in flight per session, a comment every 15 s,
     * 30 s of stall, 256 KiB pending, 256 messages and 1 MiB queued, 8 general streams per session, batches of 100
     * messages with 16 MiB of responses, {@link Replay#DEFAULT}. For bodies that come in 64 MiB, or an eighth of the
     * heap if that is less: whoever sends them is not identified yet, and the rest of the heap is for those who are.
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
            1 << 20,
            8,
            100,
            16 << 20,
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8),
            Replay.DEFAULT);

    /**
     * The events of legacy sessions that are kept so that a client can resume a stream ({@code Last-Event-ID}). Messages
     * that were sent on event streams count, answers in one JSON object don't.
     *
     * @param events of one session; 0 keeps nothing
     * @param bytes of one session; a larger message is sent, but not kept
     * @param age how long they are kept
     * @param bytesInAll of all sessions, of which one principal's never have more than is still free; when that is reached, a
     *     session only keeps an event in the place of its own
     * @param retry how long a client is told to wait before it connects again
     */
    public record Replay(int events, int bytes, Duration age, long bytesInAll, Duration retry) {

        /** 256 events and 4 MiB per session, for 5 min, 256 MiB in all; clients wait 1 s. */
        public static final Replay DEFAULT =
                new Replay(256, 4 << 20, Duration.ofMinutes(5), 256L << 20, Duration.ofSeconds(1));

        public Replay {
            if (events < 0 || bytes < 0 || bytesInAll < 0) {
                throw new IllegalArgumentException("Nothing can be kept less than not at all");
            }
            requirePositive(age);
            requirePositive(retry);
        }
    }

    public EndpointLimits {
        if (sessionsPerPrincipal < 1
                || sessions < 1
                || callsPerSession < 1
                || pendingBytes < 1
                || streamsPerSession < 1
                || batchMessages < 1
                || batchBytes < 1
                || bodyBytes < 1) {
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
                queuedBytes,
                streamsPerSession,
                batchMessages,
                batchBytes,
                bodyBytes,
                replay);
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
                queuedBytes,
                streamsPerSession,
                batchMessages,
                batchBytes,
                bodyBytes,
                replay);
    }

    /** These limits with another number of general streams for one session. */
    public EndpointLimits withStreamsPerSession(int streams) {
        return with(streams, batchMessages, batchBytes, bodyBytes, replay);
    }

    /** These limits with other bounds for batches. */
    public EndpointLimits withBatches(int messages, int responseBytes) {
        return with(streamsPerSession, messages, responseBytes, bodyBytes, replay);
    }

    /** These limits with another bound for what comes in at once. */
    public EndpointLimits withBodies(long bytes) {
        return with(streamsPerSession, batchMessages, batchBytes, bytes, replay);
    }

    /** These limits with other bounds for what is kept. */
    public EndpointLimits withReplay(Replay kept) {
        return with(streamsPerSession, batchMessages, batchBytes, bodyBytes, kept);
    }

    private EndpointLimits with(int streams, int messages, int responseBytes, long bodies, Replay kept) {
        return new EndpointLimits(
                sessionsPerPrincipal,
                sessions,
                sessionIdle,
                callsPerSession,
                keepAlive,
                stall,
                pendingBytes,
                queuedMessages,
                queuedBytes,
                streams,
                messages,
                responseBytes,
                bodies,
                kept);
    }
}
