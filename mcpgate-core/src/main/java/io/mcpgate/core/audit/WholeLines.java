package io.mcpgate.core.audit;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a line that was written in part, as when the disk was full, from spoiling the next one: that begins on a line of its
 * own. If nothing of the first was written, or several begin at once, an empty line comes of it.
 *
 * <p>Takes no lock of its own; safe for use by as many threads as the sink behind it.
 */
final class WholeLines implements JsonLine.Sink {
    private final JsonLine.Sink sink;
    private final AtomicInteger tears = new AtomicInteger(); // lines that may have been written in part
    private final AtomicInteger mended = new AtomicInteger(); // those of them that a line was begun behind

    /**
     * Writes to {@code sink}.
     *
     * @param torn whether what is there already may end within a line
     */
    WholeLines(JsonLine.Sink sink, boolean torn) {
        this.sink = sink;
        if (torn) {
            tears.incrementAndGet();
        }
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        int torn = tears.get();
        try {
            if (torn == mended.get()) {
                sink.write(bytes, length);
            } else {
                sink.write(onNewLine(bytes, length), length + 1);
                mended.accumulateAndGet(torn, Math::max); // not those that others have torn meanwhile
            }
        } catch (IOException | RuntimeException | Error failed) {
            tears.incrementAndGet();
            throw failed;
        }
    }

    private static byte[] onNewLine(byte[] bytes, int length) {
        byte[] line = new byte[length + 1];
        line[0] = '\n';
        System.arraycopy(bytes, 0, line, 1, length);
        return line;
    }
}
