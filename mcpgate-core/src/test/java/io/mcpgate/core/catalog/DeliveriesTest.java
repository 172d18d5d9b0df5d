package io.mcpgate.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private static final Frame SMALL = message("mem://a");
    private static final Frame LARGE = message("mem://" + "x".repeat(1_000));

    private final List<Integer> sent = new ArrayList<>();
    private final CompletableFuture<Reply> slow = new CompletableFuture<>();

    private CompletionStage<Reply> taken(int number) {
        sent.add(number);
        return CompletableFuture.completedFuture(Reply.accepted());
    }

    private CompletionStage<Reply> takenSlowly(int number) {
        sent.add(number);
        return slow;
    }

    private static Frame message(String uri) {
        return Frame.request(null, "notifications/resources/updated", Payload.of(Map.of("uri", uri)));
    }

    private Optional<CompletionStage<Reply>> add(Deliveries deliveries, int number) {
        return deliveries.add(SMALL, () -> taken(number));
    }

    @Test
    void waitForTheFirst() {
        Deliveries deliveries = new Deliveries();
        CompletableFuture<Reply> first = add(deliveries, 1).orElseThrow().toCompletableFuture();
        assertThat(first).isNotDone();
        assertThat(sent).isEmpty();

        deliveries.begin(() -> taken(0));

        assertThat(sent).containsExactly(0, 1);
        assertThat(first).isCompletedWithValue(Reply.accepted());
    }

    @Test
    void goOutWhenTheOneBeforeHasBeenTakenHoweverThatWent() {
        Deliveries deliveries = new Deliveries();
        deliveries.begin(() -> taken(0));
        deliveries.add(SMALL, () -> takenSlowly(1));
        add(deliveries, 2);
        assertThat(sent).containsExactly(0, 1);

        slow.completeExceptionally(new IllegalStateException("broken"));

        assertThat(sent).containsExactly(0, 1, 2);
    }

    @Test
    void goOutInOrderHoweverManyHaveWaitedThatAreTakenAtOnce() {
        Deliveries deliveries = new Deliveries(100_000, Integer.MAX_VALUE);
        IntStream.rangeClosed(1, 100_000).forEach(i -> add(deliveries, i));
        CompletableFuture<?> end = deliveries.end().toCompletableFuture();

        deliveries.begin(() -> takenSlowly(0));
        assertThat(end).isNotDone();
        slow.complete(Reply.accepted());

        assertThat(sent).hasSize(100_001).isSorted();
        assertThat(end).isCompleted();
    }

    @Test
    void areNotTakenInAnyMoreOnceOneWasTooMany() {
        Deliveries deliveries = new Deliveries(2, Integer.MAX_VALUE);
        assertThat(add(deliveries, 1)).isPresent();
        assertThat(add(deliveries, 2)).isPresent();
        assertThat(add(deliveries, 3)).isEmpty();

        deliveries.begin(() -> taken(0));

        assertThat(add(deliveries, 4)).isEmpty();
        assertThat(sent).containsExactly(0, 1, 2);
    }

    @Test
    void mayBeOfAnySizeButNotBehindTooManyBytes() {
        Deliveries deliveries = new Deliveries(10, 1_000);

        assertThat(deliveries.add(LARGE, () -> taken(1))).isPresent();
        assertThat(add(deliveries, 2)).isEmpty();
    }

    @Test
    void countNoBytesOfWhatHasGoneOut() {
        Deliveries deliveries = new Deliveries(10, 1_000);
        deliveries.begin(() -> taken(0));
        deliveries.add(LARGE, () -> taken(1));

        deliveries.add(LARGE, () -> takenSlowly(2));

        assertThat(add(deliveries, 3)).isPresent();
        assertThat(add(deliveries, 4)).isPresent();
    }
}
