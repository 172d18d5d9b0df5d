package io.mcpgate.http.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Cancellation.Registration;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private final Deque<Runnable> alarms = new ArrayDeque<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final Promise<Void> last = Promise.promise();
    private final Unread unread = new Unread(this::alarm, cuts::incrementAndGet);

    private Registration alarm(Runnable task) {
        alarms.add(task);
        return () -> alarms.remove(task);
    }

    private void watch() {
        unread.watch(last.future(), ends::incrementAndGet);
    }

    private void stallIsOver() {
        alarms.remove().run();
    }

    @Test
    void cutsWhoTakesNothing() {
        watch();

        stallIsOver();

        assertThat(cuts).hasValue(1);
        assertThat(alarms).isEmpty();
    }

    @Test
    void waitsForWhoTakesALittleFromTimeToTime() {
        watch();
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
        watch();

        last.complete();

        assertThat(ends).hasValue(1);
        assertThat(alarms).isEmpty();
    }

    @Test
    void setsNoAlarmForWhatIsTakenAtOnce() {
        last.complete();

        watch();

        assertThat(ends).hasValue(1);
        assertThat(alarms).isEmpty();
    }
}
