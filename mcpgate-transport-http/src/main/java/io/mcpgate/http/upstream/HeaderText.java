package io.mcpgate.http.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Any text as the value of an {@code Mcp-*} header (MCP 2026-07-28, "Header value encoding"). */
final class HeaderText {
    private static final String OPEN = "=?base64?";
    private static final String CLOSE = "?=";

    private HeaderText() {}

    /** The text itself if it is plain; otherwise, and if it only looks encoded, the base64 form. */
    static String of(String text) {
        return isPlain(text)
                ? text
                : OPEN + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + CLOSE;
    }

    private static boolean isPlain(String text) {
        boolean padded = text.startsWith(" ") || text.endsWith(" ");
        boolean looksEncoded = text.regionMatches(true, 0, OPEN, 0, OPEN.length()) && text.endsWith(CLOSE);
        return !padded && !looksEncoded && text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }
}
