package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.http.endpoint.BodyRefused;
import io.mcpgate.http.endpoint.HttpExchange;
import io.mcpgate.http.endpoint.RequestBody;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A request of a {@link VertxServer}. Whatever touches the connection is done on its event loop: at once if the caller is
 * there and nothing else waits, otherwise in a queue; so messages keep the order in which they were handed in.
 */
final class VertxExchange implements HttpExchange {
    private final HttpServerRequest request;
    private final Connections.Patience connection;
    private final HttpServerResponse response;
    private final Context context;
    private final Thread loop = Thread.currentThread(); // one thread is an event loop's for as long as it lives
    private final AtomicInteger queued = new AtomicInteger();
    private final ServerLimits limits;
    private final Alarms alarms;
    private final Cancellation clientGone = new Cancellation();
    private final Map<Long, CompletableFuture<Void>> unsent = new ConcurrentHashMap<>();
    private final AtomicLong writes = new AtomicLong();
    private @Nullable RequestBody reading; // on the event loop

    /** A request that has just come in; called on its event loop. */
    VertxExchange(
            HttpServerRequest request,
            Connections.Patience connection,
            Context context,
            ServerLimits limits,
            Alarms alarms) {
        this.request = request;
        this.connection = connection;
        this.response = request.response();
        this.context = context;
        this.limits = limits;
        this.alarms = alarms;
        response.exceptionHandler(broken -> gone());
        response.closeHandler(closed -> gone());
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String path() {
        String target = request.uri();
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    @Override
    public Optional<String> query() {
        int question = request.uri().indexOf('?');
        return question < 0 ? Optional.empty() : Optional.of(request.uri().substring(question + 1));
    }

    @Override
    public List<String> headers(String name) {
        CharSequence known = HeaderNames.of(name);
        return request.headers().contains(known) ? request.headers().getAll(known) : List.of();
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
        return request.headers().entries();
    }

    @Override
    public Optional<InetAddress> localAddress() {
        return connection.localAddress();
    }

    @Override
    public void read(RequestBody body) {
        reading = body;
        body.announce(announcedBytes());
        if (!body.isOpen()) {
            return;
        }
        request.handler(piece -> body.add(Buffers.view(piece)));
        request.endHandler(end -> body.complete());
        request.exceptionHandler(body::fail);
        Registration alarm = after(limits.bodyTimeout(), () -> body.fail(BodyRefused.tooSlow()));
        body.onEnd(alarm::close);
        request.resume();
    }

    private long announcedBytes() {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException absurd) {
            return Long.MAX_VALUE;
        }
    }

    private boolean hasUnreadBody() {
        boolean isRead = reading != null && reading.isWhole();
        return !isRead && (announcedBytes() > 0 || request.headers().contains("Transfer-Encoding"));
    }

    /** Whether the caller is on the event loop and nothing was handed in before that is still to be done. */
    private boolean isTurn() {
        return Thread.currentThread() == loop && queued.get() == 0;
    }

    /** Does it on the event loop, now or later; says no if the server is gone, and so is the connection. */
    private boolean onLoop(Runnable task) {
        if (isTurn()) {
            task.run();
            return true;
        }
        queued.incrementAndGet();
        try {
            context.runOnContext(now -> {
                queued.decrementAndGet();
                task.run();
            });
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    @Override
    public void respond(int status, Map<String, String> headers, ByteBuffer... body) {
        onLoop(() -> {
            if (response.ended() || response.closed()) {
                return;
            }
            head(status, headers);
            if (hasUnreadBody()) {
                response.putHeader("Connection", "close");
                connection.last();
            }
            request.resume();
            end(Buffers.join(body));
        });
    }

    private void end(Buffer body) {
        if (Buffers.isLarge(body)) {
            connection.watch(Buffers.end(response, body, connection::moved));
        } else {
            response.end(body); // what little may stay unread is the idle connection's
        }
    }

    private void head(int status, Map<String, String> headers) {
        response.setStatusCode(status);
        headers.forEach((name, value) -> response.putHeader(HeaderNames.of(name), value));
    }

    @Override
    public Stream stream(int status, Map<String, String> headers) {
        onLoop(() -> {
            if (!response.closed()) {
                head(status, headers);
                response.setChunked(true);
                request.resume();
            }
        });
        return new Body();
    }

    /**
     * The answer, bit by bit. What is written in one turn of the event loop goes out together at its end: the events that a
     * server sent in one go cost one system call, and none of them waits for anything that is still to come. A piece of what
     * is large goes on its own, and uncopied, as those of an answer in one piece do: each that was taken is seen.
     */
    private final class Body implements Stream {
        private @Nullable Batch open; // on the event loop

        @Override
        public CompletionStage<Void> write(ByteBuffer... parts) {
            if (isTurn()) {
                return add(parts);
            }
            CompletableFuture<Void> written = awaited();
            boolean queued = onLoop(() -> add(parts).whenComplete((done, error) -> {
                if (error == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(error);
                }
            }));
            if (!queued) {
                written.completeExceptionally(new IOException("The server has ended"));
            }
            return written;
        }

        private CompletableFuture<Void> add(ByteBuffer... parts) {
            if (response.ended() || response.closed()) {
                return CompletableFuture.failedFuture(new IOException("The client is gone"));
            }
            if (Buffers.arePiece(parts)) {
                send(); // what came before it
                Batch piece = new Batch(Buffers.join(parts), awaited());
                send(piece);
                return piece.written;
            }
            Batch batch = open;
            if (batch == null) {
                batch = new Batch(Buffer.buffer(), awaited());
                open = batch;
                context.runOnContext(endOfTurn -> send());
            }
            Buffers.append(batch.bytes, parts);
            return batch.written;
        }

        private void send() {
            Batch batch = open;
            open = null;
            if (batch != null) { // otherwise it went with the end, or before a piece
                send(batch);
            }
        }

        private void send(Batch batch) {
            if (response.ended() || response.closed()) {
                batch.written.completeExceptionally(new IOException("The client is gone"));
            } else {
                response.write(batch.bytes).onComplete(batch::sent, batch.written::completeExceptionally);
            }
        }

        @Override
        public void end() {
            onLoop(() -> {
                if (response.ended() || response.closed()) {
                    return;
                }
                Batch last = open;
                open = null;
                Future<Void> end = last == null
                        ? response.end()
                        : response.end(last.bytes).onComplete(last::sent, last.written::completeExceptionally);
                if (!end.isComplete()) {
                    watch(end);
                }
            });
        }

        private void watch(Future<Void> end) {
            unsent.values().forEach(write -> write.whenComplete((done, error) -> connection.moved()));
            connection.watch(end);
        }

        @Override
        public void abort() {
            onLoop(() -> {
                gone();
                Channels.breakOff(request.connection());
            });
        }
    }

    /** What is written in one turn of the event loop, or a piece. */
    private record Batch(Buffer bytes, CompletableFuture<Void> written) {
        void sent(@Nullable Void done) {
            written.complete(null);
        }
    }

    /** Fails when the client goes away, if nothing else happens to it. */
    private CompletableFuture<Void> awaited() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        long number = writes.incrementAndGet();
        unsent.put(number, written);
        written.whenComplete((done, error) -> unsent.remove(number));
        return written;
    }

    @Override
    public void onGone(Runnable listener) {
        clientGone.onCancel(listener);
    }

    private void gone() {
        if (clientGone.isCancelled() || response.ended()) {
            return;
        }
        clientGone.cancel();
        // Vert.x forgets what it had queued for a connection that is closed
        unsent.values().forEach(write -> write.completeExceptionally(new IOException("The client is gone")));
    }

    @Override
    public Registration after(Duration delay, Runnable task) {
        return alarms.after(delay, () -> onLoop(task));
    }
}
