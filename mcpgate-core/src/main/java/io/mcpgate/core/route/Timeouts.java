package io.mcpgate.core.route;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends waiting. On the gateway's own timer: {@link CompletableFuture#orTimeout} uses a thread that nobody can close. */
public final class Timeouts {
    private static final Logger LOG = LoggerFactory.getLogger(Timeouts.class);

    private Timeouts() {}

    /** A timer of one daemon thread, {@code mcpgate-timer-} and the name. Whoever makes it ends it. */
    public static ScheduledExecutorService newTimer(String name) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "mcpgate-timer-" + name);
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true); // most alarms never ring; keeping them until then would keep their calls
        return timer;
    }

    /**
     * The stage, or after {@code limit} the failure that {@code otherwise} gives. If that throws, then what it throws is the
     * failure: the wait is over all the same.
     */
    public static <T> CompletableFuture<T> within(
            CompletionStage<T> stage, Duration limit, ScheduledExecutorService timer, Supplier<Throwable> otherwise) {
        CompletableFuture<T> original = stage.toCompletableFuture();
        if (original.isDone()) {
            return original;
        }
        CompletableFuture<T> bounded = new CompletableFuture<>();
        Future<?> alarm = timer.schedule(
                () -> {
                    if (!bounded.isDone()) {
                        bounded.completeExceptionally(reason(otherwise));
                    }
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
        original.whenComplete((value, error) -> {
            alarm.cancel(false);
            if (error == null) {
                bounded.complete(value);
            } else {
                bounded.completeExceptionally(error);
            }
        });
        return bounded;
    }

    private static Throwable reason(Supplier<Throwable> otherwise) {
        try {
            return otherwise.get();
        } catch (RuntimeException | Error broken) {
            LOG.error("What is to be done when a wait is over has failed", broken);
            return broken;
        }
    }
}
