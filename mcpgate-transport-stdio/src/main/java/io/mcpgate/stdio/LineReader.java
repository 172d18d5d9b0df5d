package io.mcpgate.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines, at {@code \n} and nothing else: U+2028 and a lone {@code \r} are ordinary text (MCP,
 * "stdio"). A line over the limit is passed over as it comes, so it costs no memory. For one thread.
 */
final class LineReader {
    private static final int BUFFER_BYTES = 1 << 15;
    private static final byte[] NOTHING = {};

    private final InputStream in;
    private final int lineBytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;

    private byte[] line = NOTHING;
    private int length;
    private boolean tooLong;
    private byte[] head = NOTHING;
    private byte[] tail = NOTHING;

    LineReader(InputStream in, int lineBytesMax) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
    }

    /** The next line, without its end; {@code null} at the end of the stream. A last line needs no line break. */
    @Nullable
    Line next() throws IOException {
        while (at < end || fill()) {
            int newline = newline();
            take(newline < 0 ? end : newline);
            if (newline >= 0) {
                at++;
                return finished();
            }
        }
        return length > 0 || tooLong ? finished() : null;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }

    private int newline() {
        for (int i = at; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void take(int until) {
        int count = until - at;
        if (!tooLong && length + (long) count > lineBytesMax + 1L) { // one more, for the \r that does not count
            passOver();
        }
        if (tooLong) {
            tail = lastOf(tail, until, count);
        } else {
            append(count);
        }
        at = until;
    }

    private void passOver() {
        tooLong = true;
        head = Arrays.copyOf(line, Math.min(length, Line.HEAD_BYTES));
        if (head.length < Line.HEAD_BYTES) {
            int known = head.length;
            int more = Math.min(end - at, Line.HEAD_BYTES - known);
            head = Arrays.copyOf(head, known + more);
            System.arraycopy(buffer, at, head, known, more);
        }
        line = NOTHING;
        length = 0;
    }

    private byte[] lastOf(byte[] before, int until, int count) {
        int fresh = Math.min(count, Line.TAIL_BYTES);
        int kept = Math.min(before.length, Line.TAIL_BYTES - fresh);
        byte[] last = new byte[kept + fresh];
        System.arraycopy(before, before.length - kept, last, 0, kept);
        System.arraycopy(buffer, until - fresh, last, kept, fresh);
        return last;
    }

    private void append(int count) {
        int needed = length + count;
        if (needed > line.length) {
            line = Arrays.copyOf(
                    line, length == 0 ? count : (int) Math.min(Math.max(needed, 2L * line.length), limit()));
        }
        System.arraycopy(buffer, at, line, length, count);
        length = needed;
    }

    private long limit() {
        return Math.min(lineBytesMax + 1L, Integer.MAX_VALUE - 8L);
    }

    private Line finished() {
        Line finished = tooLong ? Line.tooLong(head, tail) : whole();
        line = NOTHING;
        length = 0;
        tooLong = false;
        head = NOTHING;
        tail = NOTHING;
        return finished;
    }

    private Line whole() {
        int text = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (text > lineBytesMax) {
            return Line.tooLong(Arrays.copyOf(line, Math.min(text, Line.HEAD_BYTES)), lastOfLine(text));
        }
        return Line.whole(text == line.length ? line : Arrays.copyOf(line, text));
    }

    private byte[] lastOfLine(int text) {
        return Arrays.copyOfRange(line, Math.max(0, text - Line.TAIL_BYTES), text);
    }
}
