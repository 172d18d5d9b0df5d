package io.mcpgate.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Any text as the value of an {@code Mcp-*} header (MCP 2026-07-28, "Value Encoding"). */
public final class HeaderText {
    private static final String OPEN = "=?base64?";
    private static final String CLOSE = "?=";

    private HeaderText() {}

    /** The text itself if it is plain; otherwise, and if it only looks encoded, the base64 form. */
    public static String of(String text) {
        return isPlain(text)
                ? text
                : OPEN + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + CLOSE;
    }

    private static boolean isPlain(String text) {
        boolean padded = text.startsWith(" ") || text.endsWith(" ");
        boolean looksEncoded = text.regionMatches(true, 0, OPEN, 0, OPEN.length()) && text.endsWith(CLOSE);
        return !padded && !looksEncoded && isPrintable(text);
    }

    /**
     * The text that a value stands for, blanks around it left aside.
     *
     * @return empty if the value has characters that no header may have, or claims to be base64 of UTF-8 and is not
     */
    public static Optional<String> decode(String value) {
        String text = withoutBlanks(value);
        if (!isPrintable(text)) {
            return Optional.empty();
        }
        int markers = OPEN.length() + CLOSE.length();
        if (text.length() < markers || !text.startsWith(OPEN) || !text.endsWith(CLOSE)) {
            return Optional.of(text);
        }
        String base64 = text.substring(OPEN.length(), text.length() - CLOSE.length());
        if (base64.length() % 4 != 0) { // the decoder would do without padding, other readers would not
            return Optional.empty();
        }
        try {
            byte[] utf8 = Base64.getDecoder().decode(base64);
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (IllegalArgumentException | CharacterCodingException malformed) {
            return Optional.empty();
        }
    }

    /** Spaces and tabs only: what else Unicode takes for blank is none in a header. */
    private static String withoutBlanks(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }
}
