package io.mcpgate.core.bridge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stages that others wait for, and that therefore have to complete whatever happens. */
final class Stages {
    private Stages() {}

    /** Begins something; if it cannot even begin, the stage has failed. */
    static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> start) {
        try {
            return start.get();
        } catch (RuntimeException notBegun) {
            return CompletableFuture.failedFuture(notBegun);
        }
    }

    /** Completes {@code waiting} as another stage has completed, for {@code whenComplete}. */
    static <T> BiConsumer<@Nullable T, @Nullable Throwable> into(CompletableFuture<T> waiting) {
        return (value, error) -> {
            if (error == null) {
                waiting.complete(value);
            } else {
                waiting.completeExceptionally(error);
            }
        };
    }

    /** Completes after a time; at once if the gateway is closing. */
    static CompletionStage<Void> pause(Duration time, ScheduledExecutorService timer) {
        CompletableFuture<Void> rested = new CompletableFuture<>();
        try {
            timer.schedule(() -> rested.complete(null), time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            rested.complete(null);
        }
        return rested;
    }
}
