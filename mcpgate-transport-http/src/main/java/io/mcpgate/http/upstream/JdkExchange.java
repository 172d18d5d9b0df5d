package io.mcpgate.http.upstream;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One request on the JDK's client. Asks for the next bytes when the last ones were taken. */
final class JdkExchange implements HttpEngine.Running, HttpResponse.BodySubscriber<Void> {
    private static final long UNKNOWN = -1;

    private final HttpEngine.Receiver receiver;
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private volatile @Nullable Future<?> response;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean aborted;
    private volatile boolean whole; // all of the body has come: the connection is the client's again
    private long announced = UNKNOWN; // bytes of the body that are still to come; by one thread after the other

    JdkExchange(HttpEngine.Receiver receiver) {
        this.receiver = receiver;
    }

    void startedAs(Future<?> started) {
        response = started;
        if (aborted) {
            abort();
        }
    }

    HttpResponse.BodySubscriber<Void> answered(HttpResponse.ResponseInfo info) {
        announced = info.headers().firstValueAsLong("Content-Length").orElse(UNKNOWN);
        whole = announced == 0;
        receiver.head(new HttpEngine.Head(info.statusCode(), info.headers()::allValues));
        return this;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        subscription = subscribed;
        if (aborted && !whole) {
            subscribed.cancel();
        } else {
            subscribed.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> chunks) {
        if (announced != UNKNOWN) {
            announced -= chunks.stream().mapToLong(ByteBuffer::remaining).sum();
            whole = announced <= 0;
        }
        CompletableFuture<?>[] taken = chunks.stream()
                .map(receiver::chunk)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(taken).thenRun(this::next);
    }

    private void next() {
        Flow.Subscription subscribed = subscription;
        if (subscribed != null && (!aborted || whole)) {
            subscribed.request(1);
        }
    }

    @Override
    public void onError(Throwable error) {
        body.completeExceptionally(error); // and so the response, whose failure the receiver is told
    }

    @Override
    public void onComplete() {
        whole = true;
        receiver.end();
        body.complete(null);
    }

    /**
     * Before the head came, only the response can be cancelled; afterwards only the body. When all of that has come, the client
     * has its connection in use again, perhaps for another request, which would be cut off: the JDK closes the connection on
     * which the body came, whoever has it.
     */
    @Override
    public void abort() {
        aborted = true;
        if (whole) {
            return;
        }
        Flow.Subscription subscribed = subscription;
        if (subscribed != null) {
            subscribed.cancel();
        }
        Future<?> started = response;
        if (started != null) {
            started.cancel(true);
        }
        body.complete(null);
    }
}
