package io.mcpgate.stdio;

import io.mcpgate.RequestId;
import io.mcpgate.core.json.RefusedMessage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line that was read; of a line that was too long only its two ends. */
final class Line {
    /** How much is kept of the beginning and of the end of a line that is too long. */
    static final int HEAD_BYTES = 1_024;

    static final int TAIL_BYTES = 128;

    /**
     * An id as the last member of an object that ends the line. In a valid message that object is the message itself, and
     * the match cannot lie inside a string: neither the quotes nor the closing brace could stand there unescaped.
     */
    private static final Pattern LAST_ID =
            Pattern.compile("[{,]\\s*\"id\"\\s*:\\s*(?:(-?(?:0|[1-9][0-9]{0,18}))|\"([^\"\\\\]{0,64})\")\\s*}\\s*$");

    private final byte[] bytes;
    private final byte[] tail;
    private final boolean whole;

    private Line(byte[] bytes, byte[] tail, boolean whole) {
        this.bytes = bytes;
        this.tail = tail;
        this.whole = whole;
    }

    static Line whole(byte[] bytes) {
        return new Line(bytes, new byte[0], true);
    }

    static Line tooLong(byte[] head, byte[] tail) {
        return new Line(head, tail, false);
    }

    /** Whether all of the line is there. */
    boolean isWhole() {
        return whole;
    }

    /** The line without its end; of a line that was too long, its beginning. Not a copy. */
    byte[] bytes() {
        return bytes;
    }

    boolean isBlank() {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return whole;
    }

    /**
     * Whether a line that was too long looks like a request: its method stands near its beginning. Used to tell nobody
     * rather than the wrong one.
     */
    boolean seemsRequest() {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains("\"method\"");
    }

    /** The id of a message that was too long, if it stands near its beginning or is its last member. */
    Optional<RequestId> id() {
        return RefusedMessage.of(bytes).id().or(this::atTail);
    }

    private Optional<RequestId> atTail() {
        Matcher last = LAST_ID.matcher(new String(tail, StandardCharsets.UTF_8));
        if (!last.find()) {
            return Optional.empty();
        }
        String digits = last.group(1);
        return Optional.of(digits == null ? RequestId.of(last.group(2)) : RequestId.ofInteger(digits));
    }
}
