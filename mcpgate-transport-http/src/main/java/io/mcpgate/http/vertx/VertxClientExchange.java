package io.mcpgate.http.vertx;

import io.mcpgate.http.upstream.HttpEngine;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One request on Vert.x. Pauses the answer while its receiver cannot take more. */
final class VertxClientExchange implements HttpEngine.Running {
    private final ByteBuffer[] body;
    private final HttpEngine.Receiver receiver;
    private final Runnable onOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable HttpClientRequest request; // guarded by this
    private boolean aborted; // guarded by this

    /**
     * An exchange that waits for a connection.
     *
     * @param body the parts of what is sent; none for no body
     * @param onOver runs once, when it needs no connection any more
     */
    VertxClientExchange(ByteBuffer[] body, HttpEngine.Receiver receiver, Runnable onOver) {
        this.body = body;
        this.receiver = receiver;
        this.onOver = onOver;
    }

    void connected(HttpClientRequest connected) {
        synchronized (this) {
            request = connected;
            if (!aborted) {
                connected.response().onComplete(this::answered, this::failed);
                connected.exceptionHandler(this::failed);
                connected.end(Buffers.join(body));
                return;
            }
        }
        connected.exceptionHandler(reset -> {}); // Vert.x would log that nobody listens
        connected.reset();
    }

    private void answered(HttpClientResponse response) {
        response.exceptionHandler(this::failed);
        response.endHandler(end -> {
            receiver.end();
            over();
        });
        response.handler(chunk -> chunk(response, chunk));
        receiver.head(new HttpEngine.Head(response.statusCode(), response.headers()::getAll));
    }

    private void chunk(HttpClientResponse response, Buffer chunk) {
        CompletableFuture<Void> taken = receiver.chunk(Buffers.view(chunk)).toCompletableFuture();
        if (!taken.isDone()) {
            response.pause();
            taken.whenComplete((done, error) -> response.resume());
        }
    }

    void failed(Throwable cause) {
        receiver.failed(cause);
        over();
    }

    private void over() {
        if (over.compareAndSet(false, true)) {
            onOver.run();
        }
    }

    @Override
    public boolean abortUnsent() {
        synchronized (this) {
            if (request != null) {
                return false;
            }
            aborted = true;
        }
        over();
        return true;
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
        over();
    }
}
