package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
    private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) Timeouts.newTimer("test");

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    private static Throwable late() {
        return new IllegalStateException("late");
    }

    private CompletableFuture<String> within(TimeLimit limit, CompletableFuture<String> stage) {
        return limit.within(stage, TimeLimitTest::late);
    }

    @Test
    void endsEachWaitThatLastsTooLong() {
        TimeLimit limit = new TimeLimit(Duration.ofMillis(20), timer);
        for (int round = 0; round < 3; round++) { // also after nobody has waited for a while
            List<CompletableFuture<String>> waits = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waits.add(within(limit, new CompletableFuture<>()));
            }

            await().until(() -> waits.stream().allMatch(CompletableFuture::isCompletedExceptionally));
        }
    }

    @Test
    void leavesAloneWhatHasCompletedInWhateverOrder() {
        TimeLimit limit = new TimeLimit(Duration.ofSeconds(1), timer);
        List<CompletableFuture<String>> stages = new ArrayList<>();
        List<CompletableFuture<String>> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            stages.add(new CompletableFuture<>());
            waits.add(within(limit, stages.get(i)));
        }

        for (int i : new int[] {2, 0, 5, 3}) {
            stages.get(i).complete("in time");
        }

        await().until(() -> waits.get(1).isDone() && waits.get(4).isDone());
        for (int i : new int[] {2, 0, 5, 3}) {
            assertThat(waits.get(i).join()).isEqualTo("in time");
        }
        assertThatThrownBy(waits.get(1)::join).hasRootCauseMessage("late");
        assertThatThrownBy(waits.get(4)::join).hasRootCauseMessage("late");
    }

    @Test
    void endsTheOthersWhoseTimeIsOverWhenOneCannotSayWhy() {
        TimeLimit limit = new TimeLimit(Duration.ofMillis(20), timer);
        CompletableFuture<String> broken = limit.within(new CompletableFuture<>(), () -> {
            throw new StackOverflowError();
        });
        CompletableFuture<String> behind = within(limit, new CompletableFuture<>());

        await().until(() -> broken.isDone() && behind.isDone());

        assertThatThrownBy(broken::join).hasCauseInstanceOf(StackOverflowError.class);
        assertThatThrownBy(behind::join).hasRootCauseMessage("late");
    }

    @Test
    void passesAFailureOn() {
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1), timer);

        CompletableFuture<String> wait =
                within(limit, CompletableFuture.failedFuture(new IllegalStateException("own")));

        assertThatThrownBy(wait::join).hasRootCauseMessage("own");
    }

    @Test
    void setsOneAlarmForAll() {
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1), timer);
        for (int i = 0; i < 1_000; i++) {
            within(limit, new CompletableFuture<>());
        }

        assertThat(timer.getQueue()).hasSize(1);
    }

    @Test
    void refusesToWaitWhereNoTimerWatches() {
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1), timer);
        within(limit, new CompletableFuture<>());

        timer.shutdownNow();

        assertThatThrownBy(() -> within(limit, new CompletableFuture<>()))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
