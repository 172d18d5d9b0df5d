package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import io.mcpgate.core.json.Frame;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What actually speaks HTTP/1.1. One engine serves any number of connectors, and whoever made it closes it.
 *
 * <p>An engine follows no redirect, keeps no cookie, unpacks no content encoding and adds no credential. Safe for use by
 * many threads; nothing here blocks.
 */
public interface HttpEngine extends AutoCloseable {
    /** How long connecting may take unless said otherwise, TLS included where the engine can tell. */
    Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The JDK's client, with threads of its own. */
    static HttpEngine jdk() {
        return jdk(CONNECT_TIMEOUT);
    }

    /** The JDK's client, with threads of its own. */
    static HttpEngine jdk(Duration connectTimeout) {
        return new JdkEngine(connectTimeout);
    }

    /**
     * Sends a request.
     *
     * @param receiver is told of the answer; perhaps before this method returns
     * @return the request under way
     */
    Running send(Request request, Receiver receiver);

    /** Runs a short task later, on a thread of the engine. A task that is due after the engine was closed never runs. */
    Cancellation.Registration after(Duration delay, Runnable task);

    /** Lets requests under way end for a moment, then ends them. Closing twice is harmless. */
    @Override
    void close();

    /** A request under way. */
    @FunctionalInterface
    interface Running {
        /** Closes the stream. The receiver may or may not hear of it. Aborting what has ended is harmless. */
        void abort();

        /** The same if nothing of the request has left yet, as far as the engine knows; otherwise nothing, and false. */
        default boolean abortUnsent() {
            return false;
        }
    }

    /** Takes an answer: the head, then chunks, then the end; or, at any point, a failure. One call after the other. */
    interface Receiver {
        /** The status line and the header section have come. */
        void head(Head head);

        /**
         * Some bytes of the body have come.
         *
         * @param bytes the receiver's to read until it returns
         * @return completes when the next chunk is wanted
         */
        CompletionStage<Void> chunk(ByteBuffer bytes);

        /** The body has come to its end. */
        void end();

        /** The server could not be reached, or the stream broke. */
        void failed(Throwable cause);
    }

    /**
     * The head of an answer.
     *
     * @param status the status code
     * @param headers all values of a header, by its name in any case
     */
    record Head(int status, Function<String, List<String>> headers) {
        /** The value of a header that stands there exactly once. */
        public Optional<String> header(String name) {
            List<String> values = headers.apply(name);
            return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
        }

        /** The status only. */
        @Override
        public String toString() {
            return "Head[" + status + "]";
        }
    }

    /**
     * A header.
     *
     * @param name a token
     * @param value without line breaks
     */
    record Header(String name, String value) {
        /** The name only: a value may be a secret. */
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A request.
     *
     * @param method the HTTP method
     * @param uri absolute, http or https
     * @param headers all of them, but for those that are the engine's: Host, Content-Length and Connection
     * @param body the message, if there is one
     */
    record Request(
            String method,
            URI uri,
            List<Header> headers,
            @Nullable Frame body) {
        public Request {
            Objects.requireNonNull(uri, "uri");
            headers = List.copyOf(headers);
        }

        /** The method only: headers and query may hold secrets. */
        @Override
        public String toString() {
            return "Request[" + method + "]";
        }
    }
}
