package io.mcpgate.http.endpoint;

import io.mcpgate.Cancellation.Registration;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One HTTP request and the way to answer it: what {@link McpEndpoint} needs of whatever serves the HTTP.
 *
 * <p>Implemented by an engine; every method may be called from any thread and returns without waiting. Answering somebody
 * who has gone away does nothing. Exactly one of {@link #respond} and {@link #stream} is called, once.
 */
public interface HttpExchange {

    /** The method, as it was sent. */
    String method();

    /** The path as it was sent, without the query: not decoded, not normalised. */
    String path();

    /** What stands behind the question mark, as it was sent. */
    Optional<String> query();

    /** All values of a header, in order; names compare without regard to case. */
    List<String> headers(String name);

    /** All headers, in order. */
    List<Map.Entry<String, String>> headers();

    /** The address on which the connection came in; empty if the engine does not know. */
    Optional<InetAddress> localAddress();

    /**
     * Reads the whole body into {@code body}, for as long as that is open. It is to fail with {@link BodyRefused} if it
     * takes too long, and with anything else if the client goes away.
     */
    void read(RequestBody body);

    /**
     * Answers with a body of known length, or none; what was not read of the request's body is not waited for. If
     * there is any, the connection ends soon behind the answer.
     */
    void respond(int status, Map<String, String> headers, ByteBuffer... body);

    /** Answers with a body that is written bit by bit. */
    Stream stream(int status, Map<String, String> headers);

    /**
     * Runs {@code listener} once if the client goes away, or the stream is aborted, before the answer is complete; at once
     * if that has already happened.
     */
    void onGone(Runnable listener);

    /** Runs a short task later, on a thread of the engine's. */
    Registration after(Duration delay, Runnable task);

    /** The body of an answer that is written bit by bit. */
    interface Stream {
        /**
         * Writes the parts, and sends them on their way at once.
         *
         * @param parts whose bytes do not change any more
         * @return completes when the transport has taken them, which is the back-pressure; fails if it never will
         */
        CompletionStage<Void> write(ByteBuffer... parts);

        /** Completes the answer, behind everything that was written. */
        void end();

        /** Breaks the connection off: nothing that is still unsent matters any more. */
        void abort();
    }
}
