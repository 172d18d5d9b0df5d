package io.mcpgate.http.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Cancellation.Registration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private static final long TICK = Alarms.TICK.toMillis();

    private final Queue<Runnable> ticks = new ArrayDeque<>();
    private final List<String> rung = new ArrayList<>();
    private long nowMillis = 5_000;
    private final Alarms alarms =
            Alarms.ticking(ticks::add, () -> Duration.ofMillis(nowMillis).toNanos());

    private void pass(long millis) {
        for (long left = millis; left > 0; left -= TICK) {
            nowMillis += Math.min(TICK, left);
            Runnable tick = ticks.poll();
            if (tick != null) {
                tick.run();
            }
        }
    }

    @Test
    void ringsNeverEarlyAndATickLateAtMost() {
        for (long delay : new long[] {1, 19, 20, 21, 20_479, 20_480, 20_481, 60_000, 61_441}) {
            alarms.after(Duration.ofMillis(delay), () -> rung.add("rung"));
            pass(delay - delay % TICK);
            assertThat(rung).as("%d ms, before", delay).isEmpty();
            pass(2 * TICK);
            assertThat(rung).as("%d ms, after", delay).hasSize(1);
            rung.clear();
        }
    }

    @Test
    void ringsWhatIsDueWhenATickComesVeryLate() {
        alarms.after(Duration.ofSeconds(1), () -> rung.add("one"));
        alarms.after(Duration.ofSeconds(30), () -> rung.add("thirty"));
        alarms.after(Duration.ofSeconds(300), () -> rung.add("later"));

        nowMillis += 120_000; // the machine slept
        ticks.remove().run();

        assertThat(rung).containsExactlyInAnyOrder("one", "thirty");
        assertThat(alarms.size()).isEqualTo(1);
    }

    @Test
    void doesNotRingWhatWasCancelledAndKeepsNothingOfIt() {
        List<Registration> some = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "a" + i;
            some.add(alarms.after(Duration.ofMillis(100), () -> rung.add(name)));
        }
        for (int i = 0; i < 100; i++) {
            if (i % 3 != 0) {
                some.get(i).close();
                some.get(i).close();
            }
        }
        assertThat(alarms.size()).isEqualTo(34);

        pass(200);

        assertThat(rung).hasSize(34).contains("a0", "a99").doesNotContain("a1", "a98");
        assertThat(alarms.size()).isZero();
        some.get(0).close();
        assertThat(alarms.size()).isZero();
    }

    @Test
    void ringsTheNextOnesWhenOneBreaks() {
        alarms.after(Duration.ofMillis(10), () -> {
            throw new StackOverflowError();
        });
        alarms.after(Duration.ofMillis(10), () -> rung.add("together"));
        alarms.after(Duration.ofMillis(100), () -> rung.add("later"));

        pass(200);

        assertThat(rung).containsExactly("together", "later");
    }

    @Test
    void runsNothingWhileThereIsNoAlarm() {
        assertThat(ticks).isEmpty();
        alarms.after(Duration.ofMillis(10), () -> rung.add("first"));
        assertThat(ticks).hasSize(1);
        pass(100);
        assertThat(ticks).isEmpty();

        nowMillis += 1_000_000;
        alarms.after(Duration.ofMillis(10), () -> rung.add("second"));
        assertThat(ticks).hasSize(1);
        pass(100);
        assertThat(rung).containsExactly("first", "second");
    }

    @Test
    void aTaskMaySetAlarmsAndCancelOthersAndBreak() {
        Registration cancelled = alarms.after(Duration.ofMillis(300), () -> rung.add("cancelled"));
        alarms.after(Duration.ofMillis(50), () -> {
            cancelled.close();
            alarms.after(Duration.ofMillis(50), () -> rung.add("set"));
            throw new IllegalStateException("broken");
        });
        alarms.after(Duration.ofMillis(50), () -> rung.add("other"));

        pass(1_000);

        assertThat(rung).containsExactly("other", "set");
    }

    @Test
    void agreesWithASortedList() {
        Random random = new Random(7);
        record Set(long due, String name, Registration registration) {}
        List<Set> model = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String name = "n" + i;
            long delay = random.nextInt(50_000);
            model.add(new Set(nowMillis + delay, name, alarms.after(Duration.ofMillis(delay), () -> rung.add(name))));
            if (random.nextInt(3) == 0) {
                Set gone = model.remove(random.nextInt(model.size()));
                gone.registration().close();
                rung.remove(gone.name());
            }
            pass(random.nextInt(40));
            List<String> due = model.stream()
                    .filter(set -> set.due() + 2 * TICK < nowMillis)
                    .map(Set::name)
                    .toList();
            List<String> early = model.stream()
                    .filter(set -> set.due() > nowMillis)
                    .map(Set::name)
                    .toList();
            HashSet<String> heard = new HashSet<>(rung); // or comparing lists would take most of the time
            assertThat(due).filteredOn(each -> !heard.contains(each)).isEmpty();
            assertThat(early).filteredOn(heard::contains).isEmpty();
        }
    }

    @Test
    void saysThatNothingTicksAnyMore() {
        Alarms ended = Alarms.ticking(tick -> {
            throw new RejectedExecutionException("ended");
        });

        assertThatThrownBy(() -> ended.after(Duration.ofSeconds(1), () -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
