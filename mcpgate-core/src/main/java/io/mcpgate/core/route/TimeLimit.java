package io.mcpgate.core.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends waiting for many stages, each after the same time. As all may wait equally long, who began first is due first; so
 * there is one alarm, for the first who waits, and not one for each: to set an alarm wakes the timer's thread, which costs
 * as much as half a call ({@code ChainBenchmark.fullAnsweredLater}).
 *
 * <p>Holds those who wait and nobody else. Safe for use by many threads.
 */
public final class TimeLimit {
    private final Duration limit;
    private final ScheduledExecutorService timer;
    private @Nullable Waiting<?> first; // the list of those who wait is guarded by this
    private @Nullable Waiting<?> last;
    private boolean alarmed; // guarded by this

    /** A limit that {@code timer} watches; whoever made the timer ends it. */
    public TimeLimit(Duration limit, ScheduledExecutorService timer) {
        this.limit = limit;
        this.timer = timer;
    }

    private static final class Waiting<T> extends CompletableFuture<T> {
        private final Supplier<Throwable> otherwise;
        private long dueNanos;
        private boolean waits; // guarded by the limit, as are its neighbours
        private @Nullable Waiting<?> before;
        private @Nullable Waiting<?> after;

        private Waiting(Supplier<Throwable> otherwise) {
            this.otherwise = otherwise;
        }

        private void expire() {
            if (!isDone()) {
                Throwable error;
                try {
                    error = otherwise.get();
                } catch (RuntimeException | Error broken) { // those behind it are due, too
                    error = broken;
                }
                completeExceptionally(error);
            }
        }
    }

    /**
     * The stage, or after the time limit the failure that {@code otherwise} gives.
     *
     * @throws RejectedExecutionException if the timer has ended
     */
    public <T> CompletableFuture<T> within(CompletionStage<T> stage, Supplier<Throwable> otherwise) {
        Waiting<T> waiting = new Waiting<>(otherwise);
        begin(waiting);
        stage.whenComplete((value, error) -> {
            end(waiting);
            if (error == null) {
                waiting.complete(value);
            } else {
                waiting.completeExceptionally(error);
            }
        });
        return waiting;
    }

    private synchronized void begin(Waiting<?> waiting) {
        if (timer.isShutdown()) {
            throw new RejectedExecutionException("The timer has ended");
        }
        waiting.dueNanos = System.nanoTime() + limit.toNanos();
        if (!alarmed) {
            alarm(limit.toNanos());
        }
        waiting.waits = true;
        waiting.before = last;
        if (last == null) {
            first = waiting;
        } else {
            last.after = waiting;
        }
        last = waiting;
    }

    private synchronized void end(Waiting<?> waiting) {
        if (!waiting.waits) {
            return;
        }
        waiting.waits = false;
        if (waiting.before == null) {
            first = waiting.after;
        } else {
            waiting.before.after = waiting.after;
        }
        if (waiting.after == null) {
            last = waiting.before;
        } else {
            waiting.after.before = waiting.before;
        }
        waiting.before = null;
        waiting.after = null;
    }

    private void alarm(long nanos) {
        alarmed = true;
        timer.schedule(this::ring, nanos, TimeUnit.NANOSECONDS);
    }

    private void ring() {
        due().forEach(Waiting::expire);
    }

    /** Those whose time is over; for the next one the alarm is set again. */
    private synchronized List<Waiting<?>> due() {
        List<Waiting<?>> due = new ArrayList<>();
        long now = System.nanoTime();
        while (first != null && first.dueNanos - now <= 0) {
            due.add(first);
            end(first);
        }
        alarmed = false;
        if (first != null) {
            alarm(first.dueNanos - now);
        }
        return due;
    }
}
