package io.mcpgate.core.stage;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Goes on with what a stage gives. The same as {@link CompletionStage}'s own methods, but where the stage is complete, as most
 * are in a chain whose stores are in memory, no further stage is made to wait for it: that was a third of what a call
 * allocated.
 *
 * <p>What comes back may be the very stage that was handed in, so who has handed it in must not complete or cancel what comes
 * back; the gateway's own {@code handle} gives nobody a stage that others wait for.
 */
public final class Ready {
    private Ready() {}

    /** Whether a stage has given its value. One that is not the JDK's usual kind, or has failed, counts as not ready. */
    public static boolean is(CompletionStage<?> stage) {
        return stage.getClass() == CompletableFuture.class // others need not let themselves be asked
                && ((CompletableFuture<?>) stage).isDone()
                && !((CompletableFuture<?>) stage).isCompletedExceptionally();
    }

    /** As {@link CompletionStage#thenCompose}. */
    public static <T, R> CompletionStage<R> thenCompose(
            CompletionStage<T> stage, Function<T, CompletionStage<R>> next) {
        if (!is(stage)) {
            return stage.thenCompose(next);
        }
        try {
            return Objects.requireNonNull(next.apply(stage.toCompletableFuture().join()));
        } catch (Throwable broken) { // as a stage has it: also an Error fails whoever waits, and nobody else
            return failed(broken);
        }
    }

    /** As {@link CompletionStage#thenApply}, of something that is most often left as it is. */
    public static <T> CompletionStage<T> thenApply(CompletionStage<T> stage, UnaryOperator<T> change) {
        if (!is(stage)) {
            return stage.thenApply(change);
        }
        try {
            T before = stage.toCompletableFuture().join();
            T after = change.apply(before);
            return after == before ? stage : CompletableFuture.completedFuture(after);
        } catch (Throwable broken) {
            return failed(broken);
        }
    }

    private static <T> CompletionStage<T> failed(Throwable broken) {
        return CompletableFuture.failedFuture(
                broken instanceof CompletionException ? broken : new CompletionException(broken));
    }
}
