package io.mcpgate.http.upstream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A body that is one JSON text, gathered as it comes in. */
final class JsonBody {
    private static final int START_MAX = 64 << 10;

    private final int bytesMax;
    private final int expected;
    private byte[] bytes;
    private int size;

    /**
     * An empty body.
     *
     * @param bytesMax how many bytes it may have
     * @param expected how many it will have as the server says; believed as far as much of it has come; negative if it does not say
     */
    JsonBody(int bytesMax, long expected) {
        this.bytesMax = bytesMax;
        this.expected = (int) Math.max(0, Math.min(bytesMax, expected));
        this.bytes = new byte[this.expected > 0 ? Math.min(this.expected, START_MAX) : 256];
    }

    void add(ByteBuffer chunk) throws BadAnswer {
        int length = chunk.remaining();
        if (length > bytesMax - size) {
            throw BadAnswer.tooLarge(bytesMax);
        }
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, roomFor(size + length));
        }
        chunk.get(bytes, size, length);
        size += length;
    }

    /** What the server says, up to sixteen times what has come; if it says nothing, four times that. */
    private int roomFor(int needed) {
        boolean isAnnounced = expected >= needed;
        long room = Math.max((isAnnounced ? 16L : 4L) * bytes.length, needed);
        return (int) Math.min(room, isAnnounced ? expected : bytesMax);
    }

    /** The whole body in an array of its own. */
    byte[] toByteArray() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }
}
