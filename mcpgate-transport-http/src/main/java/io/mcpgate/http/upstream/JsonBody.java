package io.mcpgate.http.upstream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A body that is one JSON text, gathered as it comes in. */
final class JsonBody {
    private final int bytesMax;
    private byte[] bytes;
    private int size;

    /**
     * An empty body.
     *
     * @param bytesMax how many bytes it may have
     * @param expected how many it will have as the server says; believed only as a start
     */
    JsonBody(int bytesMax, long expected) {
        this.bytesMax = bytesMax;
        this.bytes = new byte[(int) Math.max(256, Math.min(expected, Math.min(bytesMax, 64 << 10)))];
    }

    void add(ByteBuffer chunk) throws BadAnswer {
        int length = chunk.remaining();
        if (length > bytesMax - size) {
            throw BadAnswer.tooLarge(bytesMax);
        }
        if (length > bytes.length - size) {
            long doubled = Math.max(2L * bytes.length, (long) size + length);
            bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, doubled));
        }
        chunk.get(bytes, size, length);
        size += length;
    }

    /** The whole body in an array of its own. */
    byte[] toByteArray() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }
}
