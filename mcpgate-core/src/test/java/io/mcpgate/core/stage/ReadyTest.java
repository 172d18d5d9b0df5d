package io.mcpgate.core.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the stage, what comes out is what the stage's own method would give. */
class ReadyTest {
    private static final IllegalStateException BROKEN = new IllegalStateException("broken");

    static Stream<CompletionStage<String>> stages() {
        return Stream.of(
                CompletableFuture.completedFuture("a"),
                CompletableFuture.completedStage("a"), // which does not let itself be asked
                CompletableFuture.completedFuture(null),
                CompletableFuture.failedFuture(BROKEN),
                CompletableFuture.failedStage(BROKEN),
                CompletableFuture.completedFuture("a").thenApply(a -> {
                    throw BROKEN;
                }));
    }

    private static String outcome(CompletionStage<String> stage) {
        return stage.<String>handle((value, error) -> value + " " + error)
                .toCompletableFuture()
                .join();
    }

    @ParameterizedTest
    @MethodSource("stages")
    void composesAsTheStageItself(CompletionStage<String> stage) {
        assertThat(outcome(Ready.thenCompose(stage, a -> CompletableFuture.completedFuture(a + "b"))))
                .isEqualTo(outcome(stage.thenCompose(a -> CompletableFuture.completedFuture(a + "b"))));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void appliesAsTheStageItself(CompletionStage<String> stage) {
        assertThat(outcome(Ready.thenApply(stage, a -> a + "b"))).isEqualTo(outcome(stage.thenApply(a -> a + "b")));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void failsAsTheStageItself(CompletionStage<String> stage) {
        assertThat(outcome(Ready.thenCompose(stage, ReadyTest::breaking)))
                .isEqualTo(outcome(stage.thenCompose(ReadyTest::breaking)));
        assertThat(outcome(Ready.thenApply(stage, ReadyTest::throwing)))
                .isEqualTo(outcome(stage.thenApply(ReadyTest::throwing)));
    }

    private static CompletionStage<String> breaking(String value) {
        throw BROKEN;
    }

    private static String throwing(String value) {
        throw new CompletionException(BROKEN);
    }

    @Test
    void failsWhereTheNextStageIsMissing() {
        CompletionStage<String> stage =
                Ready.thenCompose(CompletableFuture.completedFuture("a"), a -> (CompletionStage<String>) null);

        assertThatThrownBy(() -> stage.toCompletableFuture().join()).hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void waitsForWhatIsNotThereYet() {
        CompletableFuture<String> later = new CompletableFuture<>();
        CompletionStage<String> both = Ready.thenApply(later, a -> a + "b");
        assertThat(Ready.is(later)).isFalse();

        later.complete("a");

        assertThat(both.toCompletableFuture().join()).isEqualTo("ab");
    }

    @Test
    void makesNoStageWhereNothingChanges() {
        CompletionStage<String> stage = CompletableFuture.completedFuture("a");

        assertThat(Ready.thenApply(stage, a -> a)).isSameAs(stage);
    }
}
