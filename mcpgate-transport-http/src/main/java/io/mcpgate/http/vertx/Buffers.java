package io.mcpgate.http.vertx;

import io.netty.buffer.Unpooled;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/**
 * Between the bytes of this gateway and those of Vert.x, whose own ways copy. What is large is not copied here, for which
 * Vert.x has an API for those who build on it ({@link BufferInternal}); see ADR 0014.
 */
final class Buffers {
    /** As much as a processor still has at hand when it comes to the next of the copies that sending takes. */
    private static final int PIECE = 64 << 10;

    private Buffers() {}

    /** The parts one behind the other: a copy if they are small, otherwise a view. */
    static Buffer join(ByteBuffer... parts) {
        int size = size(parts);
        return size < PIECE ? append(Buffer.buffer(size), parts) : BufferInternal.buffer(Unpooled.wrappedBuffer(parts));
    }

    private static int size(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        return size;
    }

    /** Whether the parts are a piece of their own, which nothing is gathered with. */
    static boolean arePiece(ByteBuffer... parts) {
        return size(parts) >= PIECE;
    }

    /** The parts behind what there is. */
    static Buffer append(Buffer buffer, ByteBuffer... parts) {
        for (ByteBuffer part : parts) {
            buffer.setBytes(buffer.length(), part.slice());
        }
        return buffer;
    }

    /** Whether a body goes in pieces. */
    static boolean isLarge(Buffer body) {
        return body.length() > PIECE;
    }

    /**
     * Ends a response with a large body, in pieces, so that Netty's copy of each is still at hand when it is written.
     *
     * @param onPiece runs whenever a piece but the last was taken, or never will be
     * @return completes with the last piece
     */
    static Future<Void> end(HttpServerResponse response, Buffer body, Runnable onPiece) {
        int length = body.length();
        Completable<Void> taken = (done, error) -> onPiece.run();
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
        int sent = 0;
        for (; length - sent > PIECE; sent += PIECE) {
            response.write(body.slice(sent, sent + PIECE)).onComplete(taken);
        }
        return response.end(body.slice(sent, length));
    }

    /** The bytes of a buffer, without a copy. */
    static ByteBuffer view(Buffer buffer) {
        return ((BufferInternal) buffer).getByteBuf().nioBuffer();
    }
}
