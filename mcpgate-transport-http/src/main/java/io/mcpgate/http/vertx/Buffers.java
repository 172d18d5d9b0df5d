package io.mcpgate.http.vertx;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;

/** From the bytes of this gateway to those of Vert.x. */
final class Buffers {
    private Buffers() {}

    /** The parts one behind the other, copied once. */
    static Buffer join(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        Buffer joined = Buffer.buffer(size);
        for (ByteBuffer part : parts) {
            joined.setBytes(
                    joined.length(), part.slice()); // Vert.x counts a buffer's bytes from its start, not its position
        }
        return joined;
    }
}
