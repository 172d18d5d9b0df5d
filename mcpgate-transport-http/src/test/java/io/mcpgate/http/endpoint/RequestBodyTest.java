package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private static final int MAX = 100_000;

    private final BodyBudget budget = new BodyBudget(MAX);
    private final RequestBody body = new RequestBody(MAX, budget);

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }

    private static int statusOf(RequestBody failed) {
        assertThat(failed.whole()).isCompletedExceptionally();
        return failed.whole()
                .handle((all, error) -> ((BodyRefused) error).status())
                .join();
    }

    @Test
    void isItsPiecesInOrder() {
        body.add(text("a"));
        body.add(text(""));
        body.add(text("bc"));
        body.add(text("defg"));
        assertThat(body.isWhole()).isFalse();
        body.complete();
        assertThat(body.whole().join()).asString().isEqualTo("abcdefg");
        assertThat(body.isWhole()).isTrue();
        assertThat(body.isOpen()).isFalse();
    }

    @Test
    void mayBeEmpty() {
        body.complete();
        assertThat(body.whole().join()).isEmpty();
    }

    @Test
    void takesNoShareWhileItIsSmallHoweverItComes() {
        for (int i = 0; i < RequestBody.SMALL_BYTES_MAX; i++) {
            body.add(bytes(1));
        }
        assertThat(budget.taken()).isZero();
        body.add(bytes(1));
        assertThat(budget.taken()).isGreaterThan(RequestBody.SMALL_BYTES_MAX);
    }

    @Test
    void takesWhatItHoldsAndNotWhatItAnnounces() {
        body.announce(50_000);
        assertThat(budget.taken()).isZero();
        body.add(bytes(8_000));
        assertThat(budget.taken()).isEqualTo(8_000);
        body.add(bytes(1));
        assertThat(budget.taken()).isEqualTo(16_000);
    }

    @Test
    void takesNoMoreThanItHasAnnounced() {
        body.announce(10_000);
        body.add(bytes(8_000));
        body.add(bytes(1));
        assertThat(budget.taken()).isEqualTo(10_000);
    }

    @Test
    void isRefusedWhereNoRoomIsLeft() {
        budget.take(MAX - 7_999);
        body.add(bytes(8_000));
        assertThat(statusOf(body)).isEqualTo(503);
        assertThat(budget.taken()).isEqualTo(MAX - 7_999);
    }

    @Test
    void isRefusedByItsAnnouncement() {
        body.announce(MAX + 1L);
        assertThat(body.isOpen()).isFalse();
        assertThat(statusOf(body)).isEqualTo(413);
    }

    @Test
    void isRefusedWhenItIsLargerThanAllowed() {
        body.add(bytes(MAX));
        body.add(bytes(1));
        assertThat(statusOf(body)).isEqualTo(413);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void isTooLargeWhereItCouldNeverFindRoom() {
        RequestBody larger = new RequestBody(2 * MAX, budget);
        larger.announce(MAX + 1L);
        assertThat(statusOf(larger)).isEqualTo(413);
    }

    @Test
    void hasGivenItsShareBackBeforeAnybodyHearsThatItIsWhole() {
        CompletableFuture<Long> takenThen = body.whole().thenApply(all -> budget.taken());
        body.add(bytes(8_000));
        body.complete();
        assertThat(takenThen).isCompletedWithValue(0L);
    }

    @Test
    void givesItsShareBackOnceWhenItFails() {
        budget.take(1);
        body.add(bytes(8_000));
        body.fail(new IOException("gone"));
        body.fail(BodyRefused.tooSlow());
        body.complete();
        assertThat(budget.taken()).isEqualTo(1);
        assertThatThrownBy(() -> body.whole().join()).hasRootCauseMessage("gone");
    }

    @Test
    void holdsNothingThatComesAfterItsEnd() {
        body.fail(BodyRefused.tooSlow());
        body.add(bytes(8_000));
        assertThat(budget.taken()).isZero();
        assertThat(body.isWhole()).isFalse();
    }

    @Test
    void losesNothingWhenItFailsWhileItGrows() {
        for (int round = 0; round < 2_000; round++) {
            RequestBody hurried = new RequestBody(MAX, budget);
            CompletableFuture<Void> alarm = CompletableFuture.runAsync(() -> hurried.fail(BodyRefused.tooSlow()));
            for (int i = 0; i < 10; i++) {
                hurried.add(bytes(5_000));
            }
            alarm.join();
            assertThat(budget.taken()).isZero();
        }
    }
}
