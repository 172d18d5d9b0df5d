package io.mcpgate.http.upstream;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP request from its start to the last byte of its answer. Stands between the engine and the {@link Answer}, so
 * that an answer has exactly one end, whatever the server, the engine and those who abort do at the same time.
 */
final class Exchange implements HttpEngine.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Answer answer;
    private final Runnable onOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile HttpEngine.@Nullable Running running; // while it is: sessions remember exchanges that are over
    private volatile boolean aborted;
    private volatile long lastNanos = System.nanoTime();
    private volatile @Nullable Long settledNanos; // when a look has first found it so

    /** An exchange that has not been started; {@code onOver} runs once, before its answer hears of the end. */
    Exchange(Answer answer, Runnable onOver) {
        this.answer = answer;
        this.onOver = onOver;
    }

    /** Sends the request. */
    void start(HttpEngine engine, HttpEngine.Request request) {
        try {
            running = engine.send(request, this);
        } catch (RuntimeException closed) {
            failed(closed);
        }
        if (aborted) {
            stop();
        } else if (over.get()) {
            running = null;
        }
    }

    @Override
    public void head(HttpEngine.Head head) {
        read(() -> {
            answer.head(head);
            return done();
        });
    }

    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) {
        return read(() -> answer.chunk(bytes));
    }

    /** A step of reading. */
    @FunctionalInterface
    private interface Step {
        CompletionStage<Void> take() throws BadAnswer;
    }

    private CompletionStage<Void> read(Step step) {
        lastNanos = System.nanoTime();
        if (over.get()) {
            return done();
        }
        try {
            return step.take();
        } catch (BadAnswer bad) {
            abort(bad.failure());
        } catch (RuntimeException unexpected) {
            LOG.warn("An answer could not be taken further", unexpected);
            abort(Reply.Failure.of(ErrorCode.INTERNAL, "Internal error"));
        }
        return done();
    }

    @Override
    public void end() {
        if (!finish()) {
            return;
        }
        running = null;
        try {
            answer.end();
        } catch (BadAnswer bad) {
            answer.broken(bad.failure());
        } catch (RuntimeException unexpected) {
            LOG.warn("An answer could not be taken further", unexpected);
            answer.broken(Reply.Failure.of(ErrorCode.INTERNAL, "Internal error"));
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (finish()) {
            running = null;
            LOG.debug("An exchange with a server broke", cause);
            answer.brokeOff(Reply.Failure.of(
                    ErrorCode.UNAVAILABLE, "The server could not be reached, or its answer broke off"));
        }
    }

    /** Closes the stream; the answer is told why, unless it had ended. */
    void abort(Reply.Failure why) {
        if (over.get()) {
            return;
        }
        aborted = true; // first, or what is being started would not be stopped
        if (finish()) {
            stop();
            answer.broken(why);
        }
    }

    /**
     * Ends it if nothing of the request has left yet; the answer is told why.
     *
     * @return false if something may have, and then it goes on
     */
    boolean abortUnsent(Reply.Failure why) {
        HttpEngine.Running started = running;
        if (started == null || over.get() || !started.abortUnsent()) {
            return false;
        }
        running = null;
        if (finish()) {
            answer.broken(why);
        }
        return true;
    }

    private boolean finish() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        onOver.run();
        return true;
    }

    private void stop() {
        HttpEngine.Running started = running;
        running = null;
        if (started != null) {
            started.abort();
        }
    }

    /** The time since the last byte. */
    long idleNanos() {
        return System.nanoTime() - lastNanos;
    }

    /** Silence counts from now: somebody waits for something that was not waited for before. */
    void expectMore() {
        lastNanos = System.nanoTime();
    }

    /** Whether nothing need come for now. */
    boolean mayBeSilent() {
        return answer.mayBeSilent();
    }

    /**
     * For how long what comes has mattered to nobody, however much of it still comes. Counts from the first time that this is
     * asked and it is so; zero before.
     */
    long lingeringNanos() {
        if (!answer.isSettled()) {
            return 0;
        }
        long now = System.nanoTime();
        Long since = settledNanos;
        if (since == null) {
            settledNanos = now;
            return 0;
        }
        return now - since;
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
