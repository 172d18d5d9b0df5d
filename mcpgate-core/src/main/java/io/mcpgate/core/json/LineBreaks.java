package io.mcpgate.core.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Puts blanks in the place of line breaks. There are hardly ever any, so eight bytes are looked at in one go: on a long line
 * this is the difference between copying it and going through it ({@code PayloadBenchmark.line}).
 */
final class LineBreaks {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;
    private static final long RETURNS = 0x0D0D0D0D0D0D0D0DL;

    private LineBreaks() {}

    static void blank(byte[] text) {
        int at = 0;
        for (; at + 8 <= text.length; at += 8) {
            long eight = (long) LONGS.get(text, at);
            if (((zeros(eight ^ LINE_FEEDS) | zeros(eight ^ RETURNS)) & HIGH_BITS) != 0) {
                blank(text, at, at + 8);
            }
        }
        blank(text, at, text.length);
    }

    /** Its high bits say whether there is a zero byte; now and then they say so where there is none. */
    private static long zeros(long eight) {
        return (eight - LOW_BITS) & ~eight;
    }

    private static void blank(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                text[i] = ' ';
            }
        }
    }
}
