package io.mcpgate.http.servlet;

import io.mcpgate.http.endpoint.RequestBody;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a body as it comes in, for as long as it takes more. */
final class BodyReader implements ReadListener {
    private static final int PIECE = 8 << 10;

    private final ServletInputStream in;
    private final RequestBody body;

    BodyReader(ServletInputStream in, RequestBody body) {
        this.in = in;
        this.body = body;
    }

    @Override
    public void onDataAvailable() throws IOException {
        byte[] piece = new byte[PIECE]; // not kept while nothing comes, as it is not counted
        while (body.isOpen() && in.isReady() && !in.isFinished()) {
            int count = in.read(piece);
            if (count < 0) {
                return;
            }
            body.add(ByteBuffer.wrap(piece, 0, count));
        }
    }

    @Override
    public void onAllDataRead() {
        body.complete();
    }

    @Override
    public void onError(Throwable broken) {
        body.fail(broken);
    }
}
