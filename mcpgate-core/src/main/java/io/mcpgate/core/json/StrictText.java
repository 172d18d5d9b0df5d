package io.mcpgate.core.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Refuses bytes that two JSON readers could read differently: what is no shortest-form UTF-8 (RFC 3629), and half of a
 * surrogate pair written as {@code \\ud800}. Jackson is lenient about both.
 *
 * <p>Raw NUL is refused too: it is never valid in JSON text, and it is what makes readers guess UTF-16 or UTF-32.
 *
 * <p>Plain bytes (ASCII, no backslash) are passed over eight at a time, and long runs of them 32 at a time: that is nearly
 * everything there is.
 */
final class StrictText {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final int WORD = Long.BYTES;
    static final long HIGH_BITS = 0x8080808080808080L;
    static final long LOW_BITS = 0x0101010101010101L;
    static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    static final long BLANKS = 0x2020202020202020L;

    private StrictText() {}

    /** The offset of the first offence, or −1. */
    static int firstOffence(byte[] bytes, int start, int end) {
        int at = behindPlain(bytes, start, end);
        while (at < end) {
            int next = step(bytes, at, end);
            if (next < 0) {
                return at;
            }
            at = next < end && isRare(bytes[next]) ? next : behindPlain(bytes, next, end);
        }
        return -1;
    }

    /** The offset of the first rare byte, or the end. Where there is one others are near, so it begins with small steps. */
    private static int behindPlain(byte[] bytes, int start, int end) {
        int at = start;
        if (end - at >= WORD && rare(eight(bytes, at)) == 0) {
            at += WORD;
            while (end - at >= 4 * WORD
                    && (rare(eight(bytes, at))
                                    | rare(eight(bytes, at + WORD))
                                    | rare(eight(bytes, at + 2 * WORD))
                                    | rare(eight(bytes, at + 3 * WORD)))
                            == 0) {
                at += 4 * WORD;
            }
        }
        for (; end - at >= WORD; at += WORD) {
            long found = rare(eight(bytes, at));
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < end && !isRare(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Eight bytes, the first of which is the lowest. */
    static long eight(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** The high bit of each rare byte; behind the first one, perhaps of others too, because subtraction borrows. */
    private static long rare(long eight) {
        return ((eight - LOW_BITS) | eight | ((eight ^ BACKSLASHES) - LOW_BITS)) & HIGH_BITS;
    }

    /** No ASCII, zero, or a backslash. */
    private static boolean isRare(byte b) {
        return b <= 0 || b == '\\';
    }

    /** The offset behind the character (or escape) at {@code at}, or −1 if it is an offence. */
    private static int step(byte[] bytes, int at, int end) {
        int first = bytes[at] & 0xFF;
        if (first == 0) {
            return -1;
        }
        if (first == '\\') {
            return escape(bytes, at, end);
        }
        if (first < 0x80) {
            return at + 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return -1; // a stray continuation byte, an overlong form of ASCII, or beyond U+10FFFF
        }
        if (first < 0xE0) {
            return at + 1 < end && isContinuation(bytes[at + 1]) ? at + 2 : -1;
        }
        return multibyte(bytes, at, end, first);
    }

    private static int multibyte(byte[] bytes, int at, int end, int first) {
        int length = first < 0xF0 ? 3 : 4;
        if (end - at < length) {
            return -1;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80; // below: overlong
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF; // above: surrogate, or beyond U+10FFFF
        if (second < lowest || second > highest || !isContinuation(bytes[at + 2])) {
            return -1;
        }
        return length == 3 || isContinuation(bytes[at + 3]) ? at + length : -1;
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    /** A backslash occurs only inside strings of valid JSON; what is invalid around it, the tokenizer refuses. */
    private static int escape(byte[] bytes, int at, int end) {
        if (at + 1 >= end || bytes[at + 1] != 'u') {
            // The escaped character must not be taken for the start of another escape. Only ASCII is valid here; the
            // tokenizer refuses the rest, but it must not hide a malformed sequence, so it is looked at again.
            return at + 1 < end && bytes[at + 1] > 0 ? at + 2 : at + 1;
        }
        int unit = hex(bytes, at + 2, end);
        if (unit < 0xD800 || unit > 0xDFFF) {
            return at + 2; // not a surrogate; hex digits are plain text, and wrong ones the tokenizer refuses
        }
        boolean high = unit < 0xDC00;
        boolean followed = at + 7 < end && bytes[at + 6] == '\\' && bytes[at + 7] == 'u';
        int low = high && followed ? hex(bytes, at + 8, end) : -1;
        return low >= 0xDC00 && low <= 0xDFFF ? at + 12 : -1;
    }

    private static int hex(byte[] bytes, int at, int end) {
        if (end - at < 4) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
