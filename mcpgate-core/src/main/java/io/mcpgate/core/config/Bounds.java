package io.mcpgate.core.config;

import io.mcpgate.core.json.JsonLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the gate takes at the most, and how long it waits.
 *
 * @param json of each message of a client; the connectors have bounds of their own for what servers send
 * @param bodyBytes what the HTTP bodies of clients may take together while they come in; {@code null} for what suits the heap
 * @param timeout of a call, in either direction
 * @param catalogTimeout of a server's part of what the merged catalog answers as one: a page of a list, a handshake, the
 *     acknowledgement of a listen; a server that is slower is left out
 * @param drain how long a gate that ends waits for calls in flight
 */
public record Bounds(
        JsonLimits json, @Nullable Integer bodyBytes, Duration timeout, Duration catalogTimeout, Duration drain) {
    /** {@link JsonLimits#DEFAULT}, what suits the heap, 60 s, 10 s, 10 s. */
    public static final Bounds DEFAULT = new Bounds(
            JsonLimits.DEFAULT, null, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(10));
}
