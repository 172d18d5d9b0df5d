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
        return append(Buffer.buffer(size), parts);
    }

    /** The parts behind what there is. */
    static Buffer append(Buffer buffer, ByteBuffer... parts) {
        for (ByteBuffer part : parts) {
            buffer.setBytes(buffer.length(), part.slice());
        }
        return buffer;
    }
}
