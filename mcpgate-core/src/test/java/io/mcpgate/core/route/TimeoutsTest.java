package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimeoutsTest {
    private final ScheduledExecutorService timer = Timeouts.newTimer("test");

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    @Test
    void endAWaitWithTheFailureThatIsGiven() {
        CompletableFuture<String> wait = Timeouts.within(
                new CompletableFuture<>(), Duration.ofMillis(20), timer, () -> new IllegalStateException("late"));

        await().until(wait::isDone);
        assertThatThrownBy(wait::join).hasRootCauseMessage("late");
    }

    @Test
    void endAWaitAlsoIfNoFailureCanBeGiven() {
        CompletableFuture<String> wait =
                Timeouts.within(new CompletableFuture<>(), Duration.ofMillis(20), timer, () -> {
                    throw new IllegalStateException("broken");
                });

        await().until(wait::isDone);
        assertThatThrownBy(wait::join).hasRootCauseMessage("broken");
    }
}
