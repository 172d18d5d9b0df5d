package io.mcpgate.http;

import io.mcpgate.AttributeKey;
import io.mcpgate.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Mcp-Param-*} headers of a client's request, which travel with its call to an HTTP upstream (MCP 2026-07-28:
 * "an intermediary that does not know a {@code Mcp-Param-*} forwards it"). No other header of a client is ever passed
 * on. The upstream compares them with the body, so they are passed on only as long as they {@linkplain #mirror mirror} it;
 * the gateway decides nothing by them. Immutable.
 */
public final class ForwardedHeaders {
    /** Under this key they travel with the call. */
    public static final AttributeKey<ForwardedHeaders> KEY =
            AttributeKey.of("forwarded headers", ForwardedHeaders.class);

    private static final String PREFIX = "mcp-param-";

    private final List<Header> headers;
    private final @Nullable Payload body;

    private ForwardedHeaders(List<Header> headers, @Nullable Payload body) {
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /**
     * One header.
     *
     * @param name as the client wrote it
     * @param value as the client wrote it, perhaps in the {@code =?base64?…?=} form
     */
    public record Header(String name, String value) {
        /** The name only: values mirror arguments, which must not reach a log. */
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Those of a request's headers that are to be forwarded, in their order. Left out is what is no {@code Mcp-Param-*},
     * and what is not of visible ASCII characters and blanks, as no client that keeps to the specification sends it.
     *
     * @param body the params that came with them
     */
    public static ForwardedHeaders of(Iterable<? extends Map.Entry<String, String>> all, Payload body) {
        return new ForwardedHeaders(kept(all), body);
    }

    /** As {@link #of(Iterable, Payload)}, of a body that is not known: nobody can say that they still mirror it. */
    public static ForwardedHeaders of(Iterable<? extends Map.Entry<String, String>> all) {
        return new ForwardedHeaders(kept(all), null);
    }

    private static List<Header> kept(Iterable<? extends Map.Entry<String, String>> all) {
        List<Header> kept = new ArrayList<>();
        for (Map.Entry<String, String> header : all) {
            if (isForwarded(header.getKey()) && isPlain(header.getValue())) {
                kept.add(new Header(header.getKey(), header.getValue()));
            }
        }
        return kept;
    }

    /** Whether a header of this name is one of them. */
    public static boolean isForwarded(String name) {
        return name.length() > PREFIX.length()
                && name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
                && name.chars().allMatch(ForwardedHeaders::isTokenCharacter);
    }

    private static boolean isTokenCharacter(int c) {
        boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isPlain(String value) {
        return value.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }

    /**
     * Whether the params that go out say what those said that the headers came with: they are the same bytes, or have the
     * same arguments under another tool's name, as a merged catalog needs it.
     */
    public boolean mirror(Payload outgoing) {
        Payload came = body;
        if (came == null) {
            return false;
        }
        return came == outgoing
                || came.json().equals(outgoing.json())
                || Objects.equals(
                        came.members().get("arguments"), outgoing.members().get("arguments"));
    }

    /** The headers in their order. */
    public List<Header> list() {
        return headers;
    }

    /** The names only. */
    @Override
    public String toString() {
        return "ForwardedHeaders" + headers;
    }
}
