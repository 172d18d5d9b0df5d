package io.mcpgate.http.servlet;

import io.mcpgate.http.endpoint.BodyRefused;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Reads a body as it comes in, up to a limit. */
final class BodyReader implements ReadListener {
    private final ServletInputStream in;
    private final int bytesMax;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[8 << 10];

    BodyReader(ServletInputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /** The body, complete when all of it is there. Completing it with an error ends the reading. */
    CompletableFuture<byte[]> body() {
        return body;
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!body.isDone() && in.isReady() && !in.isFinished()) {
            int count = in.read(chunk);
            if (count < 0) {
                return;
            }
            if (received.size() + count > bytesMax) {
                body.completeExceptionally(BodyRefused.tooLarge(bytesMax));
                return;
            }
            received.write(chunk, 0, count);
        }
    }

    @Override
    public void onAllDataRead() {
        body.complete(received.toByteArray());
    }

    @Override
    public void onError(Throwable broken) {
        body.completeExceptionally(broken);
    }
}
