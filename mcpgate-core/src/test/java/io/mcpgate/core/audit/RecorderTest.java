package io.mcpgate.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.route.TimeLimit;
import io.mcpgate.core.route.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private static final AuditEvent EVENT = new AuditEvent(
            AuditEvent.Kind.ATTEMPT,
            Instant.EPOCH,
            "a-1",
            "alice",
            "session",
            "crm",
            Direction.TO_SERVER,
            "tools/call",
            new Target(Target.Kind.TOOL, "search"),
            AuditEvent.Verdict.ALLOWED,
            "",
            null,
            null,
            null,
            20,
            0);

    private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) Timeouts.newTimer("test");
    private CompletableFuture<Void> answer = new CompletableFuture<>();

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    private Recorder recorder(Duration limit, boolean refuseWhenDown) {
        return new Recorder(event -> answer, List.of(), refuseWhenDown, new TimeLimit(limit, timer));
    }

    private static CompletableFuture<Boolean> keep(Recorder recorder) {
        return recorder.keep(EVENT).toCompletableFuture();
    }

    @Nested
    class ASinkThatHangs {
        @Test
        void countsAsDown() {
            Recorder recorder = recorder(Duration.ofMillis(20), true);

            CompletableFuture<Boolean> kept = keep(recorder);

            await().until(kept::isDone);
            assertThat(kept).isCompletedWithValue(false);
            assertThat(recorder.isDown()).isTrue();
        }

        @Test
        void doesNotHoldUpCallsForLongThatAreMadeWithoutARecord() {
            CompletableFuture<Boolean> kept = keep(recorder(Duration.ofMillis(20), false));

            await().until(kept::isDone);
            assertThat(kept).isCompletedWithValue(true);
        }

        @Test
        void isWellAgainWhenItAnswersAfterAll() {
            Recorder recorder = recorder(Duration.ofMillis(20), true);
            CompletableFuture<Boolean> late = keep(recorder);
            await().until(late::isDone);

            answer.complete(null);

            assertThat(recorder.isDown()).isFalse();
            assertThat(keep(recorder)).isCompletedWithValue(true);
            assertThat(late).as("it is too late for this one").isCompletedWithValue(false);
        }

        @Test
        void isNotWaitedForWhenTheGatewayHasClosed() {
            timer.shutdownNow();

            assertThat(keep(recorder(Duration.ofMinutes(1), true))).isCompletedWithValue(false);
        }
    }

    @Nested
    class ASinkThatAnswersLater {
        @Test
        void isWaitedFor() {
            Recorder recorder = recorder(Duration.ofMinutes(1), true);
            CompletableFuture<Boolean> kept = keep(recorder);
            assertThat(kept).isNotDone();

            answer.complete(null);

            assertThat(kept).isCompletedWithValue(true);
            assertThat(recorder.isDown()).isFalse();
        }

        @Test
        void mayFailThen() {
            CompletableFuture<Boolean> kept = keep(recorder(Duration.ofMinutes(1), true));

            answer.completeExceptionally(new IllegalStateException("full"));

            assertThat(kept).isCompletedWithValue(false);
        }
    }

    @Test
    void watchesNoSinkThatAnswersAtOnce() {
        answer = CompletableFuture.completedFuture(null);

        assertThat(keep(recorder(Duration.ofMinutes(1), true))).isCompletedWithValue(true);
        assertThat(timer.getQueue()).isEmpty();
    }
}
