package io.mcpgate.http.upstream;

import java.util.List;
import java.util.Locale;

/** The two media types that an MCP answer can have; whatever else comes is not read. */
enum MediaType {
    /** {@code application/json}: one message. */
    JSON,
    /** {@code text/event-stream}: messages, one per event. */
    EVENT_STREAM,
    /** Anything else, or nothing, or several at once. */
    OTHER;

    /** The type of an answer's body. Case does not matter, nor do parameters; a body in any content coding is none. */
    static MediaType of(HttpEngine.Head head) {
        if (!isPlain(head)) {
            return OTHER;
        }
        String value = head.header("Content-Type").orElse("");
        if (value.equals("application/json")) { // as nearly all say it
            return JSON;
        }
        int parameters = value.indexOf(';');
        String type = (parameters < 0 ? value : value.substring(0, parameters)).strip();
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "application/json" -> JSON;
            case "text/event-stream" -> EVENT_STREAM;
            default -> OTHER;
        };
    }

    /** The gateway asks for {@code identity}; what is packed all the same may be a bomb. */
    private static boolean isPlain(HttpEngine.Head head) {
        List<String> codings = head.headers().apply("Content-Encoding");
        return codings.isEmpty()
                || codings.stream().allMatch(coding -> coding.strip().equalsIgnoreCase("identity"));
    }
}
