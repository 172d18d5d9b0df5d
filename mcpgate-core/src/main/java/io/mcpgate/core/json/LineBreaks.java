package io.mcpgate.core.json;

import static io.mcpgate.core.json.StrictText.BLANKS;
import static io.mcpgate.core.json.StrictText.HIGH_BITS;
import static io.mcpgate.core.json.StrictText.WORD;
import static io.mcpgate.core.json.StrictText.eight;

/**
 * Puts blanks in the place of line breaks. There are hardly ever any, nor other control characters, so 32 bytes are looked at in
 * one go: on a long line this is the difference between copying it and going through it ({@code PayloadBenchmark.line}).
 */
final class LineBreaks {
    private LineBreaks() {}

    static void blank(byte[] text) {
        int at = 0;
        for (; text.length - at >= 4 * WORD; at += 4 * WORD) {
            long found = controls(eight(text, at))
                    | controls(eight(text, at + WORD))
                    | controls(eight(text, at + 2 * WORD))
                    | controls(eight(text, at + 3 * WORD));
            if (found != 0) {
                blank(text, at, at + 4 * WORD);
            }
        }
        blank(text, at, text.length);
    }

    /** Not zero if there is a control character; now and then also where there is none, because subtraction borrows. */
    private static long controls(long eight) {
        return (eight - BLANKS) & ~eight & HIGH_BITS;
    }

    private static void blank(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                text[i] = ' ';
            }
        }
    }
}
