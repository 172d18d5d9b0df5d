package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A session remembers the last exchange of its general stream, which most servers refuse, for as long as it lives: what the
 * exchange went over, some kilobytes of a connection, must not stay with it.
 */
class ExchangeTest {
    private static final HttpEngine.Request REQUEST =
            new HttpEngine.Request("GET", URI.create("http://127.0.0.1"), List.of(), null);

    private final Engine engine = new Engine();
    private final Exchange exchange = new Exchange(new NoAnswer(), () -> {});

    @Test
    void letsGoOfItsConnectionWhenItHasEnded() {
        letsGoAfter(HttpEngine.Receiver::end);
    }

    @Test
    void letsGoOfItsConnectionWhenItHasBroken() {
        letsGoAfter(receiver -> receiver.failed(new IOException("gone")));
    }

    @Test
    void letsGoOfItsConnectionWhenItIsAborted() {
        letsGoAfter(receiver -> exchange.abort(Reply.Failure.of(ErrorCode.CANCELLED, "no longer wanted")));

        assertThat(engine.aborted).isTrue();
    }

    @Test
    void stopsNothingThatHasEndedBeforeItsStartReturned() {
        engine.meanwhile = HttpEngine.Receiver::end;

        exchange.start(engine, REQUEST);

        assertThat(engine.aborted).isFalse();
    }

    @Test
    void isStoppedIfItWasAbortedBeforeItsStartReturned() {
        engine.meanwhile = receiver -> exchange.abort(Reply.Failure.of(ErrorCode.CANCELLED, "no longer wanted"));

        exchange.start(engine, REQUEST);

        assertThat(engine.aborted).isTrue();
    }

    private void letsGoAfter(Consumer<HttpEngine.Receiver> how) {
        exchange.start(engine, REQUEST);
        assertThat(engine.running.get()).isNotNull();

        how.accept(exchange);

        await().atMost(20, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return engine.running.get() == null;
        });
    }

    /** Holds what it has given out as weakly as an engine does whose request is over. */
    private static final class Engine implements HttpEngine {
        private WeakReference<Running> running = new WeakReference<>(null);
        private boolean aborted;
        private Consumer<Receiver> meanwhile = receiver -> {};

        @Override
        public Running send(Request request, Receiver receiver) {
            Running started = () -> aborted = true;
            running = new WeakReference<>(started);
            meanwhile.accept(receiver);
            return started;
        }

        @Override
        public Cancellation.Registration after(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static final class NoAnswer implements Answer {
        @Override
        public void head(HttpEngine.Head head) {}

        @Override
        public CompletionStage<Void> chunk(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void end() {}

        @Override
        public void broken(Reply.Failure why) {}
    }
}
