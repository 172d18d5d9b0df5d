package io.mcpgate.http.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Cancellation.Registration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private final Deque<Runnable> alarms = new ArrayDeque<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final Unread unread = new Unread(this::alarm, cuts::incrementAndGet);

    private Registration alarm(Runnable task) {
        alarms.add(task);
        return () -> alarms.remove(task);
    }

    private void stallIsOver() {
        alarms.remove().run();
    }

    @Test
    void cutsWhoTakesNothing() {
        unread.begin();

        stallIsOver();

        assertThat(cuts).hasValue(1);
        assertThat(alarms).isEmpty();
    }

    @Test
    void waitsForWhoTakesALittleFromTimeToTime() {
        unread.begin();
        for (int i = 0; i < 5; i++) {
            unread.moved();
            stallIsOver();
        }
        assertThat(cuts).hasValue(0);

        stallIsOver();

        assertThat(cuts).hasValue(1);
    }

    @Test
    void isOverWithTheLastPart() {
        unread.begin();

        unread.end();

        assertThat(alarms).isEmpty();
    }

    @Test
    void givesWhatWaitsBehindAnAnswerItsOwnTime() {
        unread.begin();
        unread.begin();
        unread.end();
        stallIsOver();
        assertThat(cuts).hasValue(0);

        stallIsOver();

        assertThat(cuts).hasValue(1);
    }

    @Test
    void looksAfterWhatBeginsAsAnotherEnds() {
        unread.begin();
        unread.end();
        unread.begin();

        assertThat(alarms).hasSize(1);
        stallIsOver();
        assertThat(cuts).hasValue(1);
    }

    @Test
    void isOverWithItsConnection() {
        unread.begin();

        unread.close();

        assertThat(alarms).isEmpty();
    }

    /** An alarm may have been on its way when it was taken back. */
    @Nested
    class ALateAlarm {
        private Runnable late;

        @BeforeEach
        void begin() {
            unread.begin();
            late = alarms.peek();
        }

        @Test
        void cutsNobodyWhoHasReadItAll() {
            unread.end();

            late.run();

            assertThat(cuts).hasValue(0);
            assertThat(alarms).isEmpty();
        }

        @Test
        void isNotThatOfWhatHasBegunSince() {
            unread.end();
            unread.begin();

            late.run();

            assertThat(cuts).hasValue(0);
            assertThat(alarms).hasSize(1);
        }

        @Test
        void setsNoOtherOne() {
            unread.end();
            unread.begin();
            unread.moved();

            late.run();

            assertThat(alarms).hasSize(1);
        }

        @Test
        void setsNoneForAConnectionThatIsOver() {
            unread.moved();
            unread.close();

            late.run();

            assertThat(alarms).isEmpty();
        }
    }
}
