package io.mcpgate;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lazy body of a message: the {@code params} of a call, the {@code result} of a reply, the {@code data} of an
 * error. It came in as bytes (or as the host's own object) and goes out as the same bytes when nobody changes it.
 *
 * <p>Immutable and safe for use by several threads. {@link #value()} is made at most once, and only when a step asks:
 * prefer {@link #string(String...)}, which for the members that the protocol routes by costs no parsing at all.
 *
 * <p>Bytes that reach an interceptor were read by the gateway's strict reader: no duplicate members, no trailing data,
 * valid UTF-8, within the configured depth and size. So what is decided on and what is forwarded cannot differ.
 */
public interface Payload {

    /**
     * The parsed view, in JDK types: {@link Map} (members in order), {@link List}, {@link String}, {@link Boolean},
     * {@link Long}, {@link java.math.BigInteger}, {@link java.math.BigDecimal}, or {@code null} for JSON null.
     * Unmodifiable. To change something, copy it and build a new payload with {@link #of(Map)}.
     */
    @Nullable
    Object value();

    /**
     * The JSON text in UTF-8, as a read-only view; no copy is made of bytes that were received. Each call gives a
     * buffer with its own position.
     */
    ByteBuffer json();

    /** The number of bytes of {@link #json()}. */
    default int size() {
        return json().remaining();
    }

    /**
     * The number of bytes of {@link #json()}, as far as it costs nothing to tell.
     *
     * @return -1 for a body that never was bytes here: the object of a host whose transport is wrapped
     */
    default int knownSize() {
        return size();
    }

    /** The members, if the value is a JSON object; otherwise an empty map. */
    @SuppressWarnings("unchecked")
    default Map<String, @Nullable Object> members() {
        return value() instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /**
     * The string at a path of member names.
     *
     * @return empty if there is no such member, or it is not a string
     */
    default Optional<String> string(String... path) {
        return member(path) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /**
     * The value at a path of member names, in the JDK types of {@link #value()}. For a body that is a host's object this
     * looks at that one place only.
     *
     * @return {@code null} if there is no such member, or it is JSON null
     */
    default @Nullable Object member(String... path) {
        Object at = value();
        for (String name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }

    /**
     * A payload of JDK values, written as JSON when it leaves.
     *
     * @param members strings, numbers, booleans, nulls, lists and maps with string keys; copied deeply
     * @throws IllegalArgumentException if there is anything else inside, with the path to it
     */
    static Payload of(Map<String, ?> members) {
        return ValuePayload.copyOf(members);
    }

    /** The empty object, which stands for absent {@code params}. */
    static Payload empty() {
        return ValuePayload.EMPTY;
    }
}
