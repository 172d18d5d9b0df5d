package io.mcpgate.http.vertx;

import io.mcpgate.core.json.Frame;
import io.mcpgate.http.upstream.HttpEngine;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request on Vert.x. Pauses the answer while its receiver cannot take more. */
final class VertxClientExchange implements HttpEngine.Running {
    private final @Nullable Frame body;
    private final HttpEngine.Receiver receiver;
    private @Nullable HttpClientRequest request; // guarded by this
    private boolean aborted; // guarded by this

    VertxClientExchange(@Nullable Frame body, HttpEngine.Receiver receiver) {
        this.body = body;
        this.receiver = receiver;
    }

    void connected(HttpClientRequest connected) {
        synchronized (this) {
            request = connected;
            if (!aborted) {
                connected.response().onComplete(this::answered, receiver::failed);
                connected.exceptionHandler(receiver::failed);
                connected.end(body == null ? Buffer.buffer() : Buffer.buffer(body.toByteArray()));
                return;
            }
        }
        connected.reset();
    }

    private void answered(HttpClientResponse response) {
        response.exceptionHandler(receiver::failed);
        response.endHandler(end -> receiver.end());
        response.handler(chunk -> chunk(response, chunk));
        receiver.head(new HttpEngine.Head(response.statusCode(), response.headers()::getAll));
    }

    private void chunk(HttpClientResponse response, Buffer chunk) {
        CompletableFuture<Void> taken =
                receiver.chunk(ByteBuffer.wrap(chunk.getBytes())).toCompletableFuture();
        if (!taken.isDone()) {
            response.pause();
            taken.whenComplete((done, error) -> response.resume());
        }
    }

    @Override
    public void abort() {
        HttpClientRequest connected;
        synchronized (this) {
            aborted = true;
            connected = request;
        }
        if (connected != null) {
            connected.reset();
        }
    }
}
