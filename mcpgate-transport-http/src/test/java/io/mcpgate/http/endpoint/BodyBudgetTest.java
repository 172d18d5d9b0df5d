package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);

    @Test
    void givesWhatThereIsAndNoMore() {
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(41)).isFalse();
        assertThat(budget.take(40)).isTrue();
        assertThat(budget.take(1)).isFalse();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void givesAgainWhatWasGivenBack() {
        budget.take(100);
        budget.giveBack(30);
        assertThat(budget.take(31)).isFalse();
        assertThat(budget.take(30)).isTrue();
    }

    @Test
    void neverRefusesWhoNeedsNothing() {
        budget.take(100);
        assertThat(budget.take(0)).isTrue();
    }

    @Test
    void isNotMisledByHugeNumbers() {
        budget.take(1);
        assertThat(budget.take(Long.MAX_VALUE)).isFalse();
        assertThat(budget.taken()).isEqualTo(1);
    }

    @Test
    void isNeverOverdrawnByManyThreadsAndWholeInTheEnd() {
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(CompletableFuture.runAsync(() -> {
                for (int turn = 0; turn < 20_000; turn++) {
                    if (budget.take(30)) {
                        most.accumulateAndGet(held.addAndGet(30), Math::max);
                        held.addAndGet(-30);
                        budget.giveBack(30);
                    }
                }
            }));
        }
        threads.forEach(CompletableFuture::join);
        assertThat(most).hasValueBetween(30L, 90L);
        assertThat(budget.taken()).isZero();
    }
}
