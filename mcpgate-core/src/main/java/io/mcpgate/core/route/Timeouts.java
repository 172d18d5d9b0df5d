package io.mcpgate.core.route;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Ends waiting. On the gateway's own timer: {@link CompletableFuture#orTimeout} uses a thread that nobody can close. */
public final class Timeouts {
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

    /** The stage, or after {@code limit} the failure that {@code otherwise} gives. */
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
                        bounded.completeExceptionally(otherwise.get());
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
}
