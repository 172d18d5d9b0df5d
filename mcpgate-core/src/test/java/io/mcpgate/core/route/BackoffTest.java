package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10); // a monotonic clock may wrap
    private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), nanos::get);
    private final Backoff tolerant = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), 3, nanos::get);

    @Test
    void doublesUpToTheLongestWithJitter() {
        long ceiling = 500;
        for (int i = 0; i < 40; i++) {
            backoff.failed();
            assertThat(backoff.remaining()).isBetween(Duration.ofMillis(ceiling / 2), Duration.ofMillis(ceiling));
            ceiling = Math.min(2 * ceiling, 30_000);
        }
    }

    @Test
    void endsWithTheTimeAndWithASuccess() {
        backoff.failed();
        nanos.addAndGet(Duration.ofMillis(501).toNanos());
        assertThat(backoff.remaining()).isNegative();

        backoff.failed();
        backoff.succeeded();
        assertThat(backoff.remaining()).isZero();
    }

    @Test
    void toleratesTheFirstFailuresOfARow() {
        for (int i = 0; i < 3; i++) {
            tolerant.failed();
            assertThat(tolerant.remaining()).isZero();
        }

        tolerant.failed();

        assertThat(tolerant.remaining()).isPositive();
    }

    @Test
    void isOverWhenTheNextFailureWouldBeTheFirst() {
        assertThat(backoff.isOver()).isTrue();
        backoff.failed();
        assertThat(backoff.isOver()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(backoff.isOver()).isTrue();
    }

    @Test
    void doesNotAddUpFailuresThatLieFarApart() {
        for (int i = 0; i < 20; i++) {
            tolerant.failed();
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        }

        assertThat(tolerant.remaining()).isZero();
    }
}
