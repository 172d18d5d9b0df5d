package io.mcpgate.core.route;

import io.mcpgate.Cancellation.Registration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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

    /** The stage, or after {@code limit} the failure that {@code otherwise} gives; exact, for what is done now and then. */
    public static <T> CompletableFuture<T> within(
            CompletionStage<T> stage, Duration limit, ScheduledExecutorService timer, Supplier<Throwable> otherwise) {
        return within(stage, otherwise, alarm -> {
            Future<?> set = timer.schedule(alarm, limit.toNanos(), TimeUnit.NANOSECONDS);
            return () -> set.cancel(false);
        });
    }

    /** The stage, or after {@code limit} the failure that {@code otherwise} gives; for what every call does. */
    public static <T> CompletableFuture<T> within(
            CompletionStage<T> stage, Duration limit, Alarms alarms, Supplier<Throwable> otherwise) {
        return within(stage, otherwise, alarm -> alarms.after(limit, alarm));
    }

    private static <T> CompletableFuture<T> within(
            CompletionStage<T> stage, Supplier<Throwable> otherwise, Function<Runnable, Registration> setting) {
        CompletableFuture<T> original = stage.toCompletableFuture();
        if (original.isDone()) {
            return original;
        }
        CompletableFuture<T> bounded = new CompletableFuture<>();
        Registration alarm = setting.apply(() -> {
            if (!bounded.isDone()) {
                bounded.completeExceptionally(otherwise.get());
            }
        });
        original.whenComplete((value, error) -> {
            alarm.close();
            if (error == null) {
                bounded.complete(value);
            } else {
                bounded.completeExceptionally(error);
            }
        });
        return bounded;
    }
}
