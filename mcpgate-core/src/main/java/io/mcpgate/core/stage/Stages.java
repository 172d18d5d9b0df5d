package io.mcpgate.core.stage;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stages that others wait for, and that therefore have to complete whatever happens. */
public final class Stages {
    private Stages() {}

    /** Begins something; if it cannot even begin, or there is no stage, the stage has failed. */
    public static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> start) {
        try {
            return Objects.requireNonNull(start.get());
        } catch (RuntimeException | Error notBegun) {
            return CompletableFuture.failedFuture(notBegun);
        }
    }

    /** Completes {@code waiting} as another stage has completed, for {@code whenComplete}. */
    public static <T> BiConsumer<@Nullable T, @Nullable Throwable> into(CompletableFuture<T> waiting) {
        return (value, error) -> {
            if (error == null) {
                waiting.complete(value);
            } else {
                waiting.completeExceptionally(error);
            }
        };
    }
}
