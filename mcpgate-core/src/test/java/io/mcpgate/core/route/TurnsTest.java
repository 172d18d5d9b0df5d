package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Reply;
import io.mcpgate.core.route.Turns.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns();
    private final CompletableFuture<Reply> first = new CompletableFuture<>();
    private final List<Integer> sent = new ArrayList<>();

    private CompletableFuture<Reply> sent(int number) {
        sent.add(number);
        return CompletableFuture.completedFuture(Reply.accepted());
    }

    @Test
    void areTakenInTheOrderInWhichTheyWereGiven() {
        Turn one = turns.next("a");
        Turn two = turns.next("a");

        two.take(() -> sent(2));
        assertThat(sent).isEmpty();
        one.take(() -> sent(1));

        assertThat(sent).containsExactly(1, 2);
    }

    @Test
    void goOnHoweverTheOneBeforeHasEnded() {
        turns.next("a").take(() -> first);
        CompletableFuture<Reply> broken = turns.next("a")
                .take(() -> {
                    throw new IllegalStateException("broken");
                })
                .toCompletableFuture();
        turns.next("a").take(() -> sent(3));

        first.completeExceptionally(new UpstreamException("lost"));

        assertThat(broken).isCompletedExceptionally();
        assertThat(sent).containsExactly(3);
    }

    @Test
    void maySeeAnyNumberWaitThatThenEndAtOnce() {
        turns.next("a").take(() -> first);
        IntStream.range(0, 100_000).forEach(i -> turns.next("a").take(() -> sent(i)));

        first.complete(Reply.accepted());

        assertThat(sent).hasSize(100_000).isSorted();
    }
}
