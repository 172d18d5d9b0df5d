package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time limits of exchanges and connections, nearly none of which is ever reached. A timer of Vert.x is an entry of a map and
 * a place in a sorted queue; this costs two list operations for each, and one timer for all. In return an alarm may ring a
 * {@link #TICK} late, though never early.
 *
 * <p>A timing wheel: an alarm hangs in the slot of the tick in which it is due, and those of later rounds stay there. While
 * there is no alarm nothing runs. Safe for use by many threads; tasks run where the ticks do and are to be short.
 */
final class Alarms {
    /** How exact alarms are. */
    static final Duration TICK = Duration.ofMillis(20);

    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final int SLOTS = 1_024; // a power of two: 20 s for a round

    private final Executor afterTick;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final @Nullable Alarm[] slots = new Alarm[SLOTS]; // guarded by this, with all that hangs in them
    private int count; // guarded by this
    private long ticksDone; // guarded by this
    private boolean ticking; // guarded by this

    private Alarms(Executor afterTick, LongSupplier nanoTime) {
        this.afterTick = afterTick;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Alarms that ring where {@code afterTick} runs a task; it runs each about one {@link #TICK} after it was given. */
    static Alarms ticking(Executor afterTick) {
        return new Alarms(afterTick, System::nanoTime);
    }

    static Alarms ticking(Executor afterTick, LongSupplier nanoTime) {
        return new Alarms(afterTick, nanoTime);
    }

    /**
     * Runs a short task later.
     *
     * @return cancels it; one that is about to run may run all the same
     * @throws java.util.concurrent.RejectedExecutionException if the timer has ended
     */
    Registration after(Duration delay, Runnable task) {
        Alarm alarm = new Alarm(task);
        boolean first;
        synchronized (this) {
            long now = nanoTime.getAsLong() - startNanos;
            first = !ticking;
            if (first) {
                ticking = true;
                ticksDone = now / TICK.toNanos();
            }
            alarm.dueTick = (now + Math.max(0, nanos(delay))) / TICK.toNanos() + 1;
            hang(alarm);
        }
        if (first) {
            tickLater();
        }
        return alarm;
    }

    /** Of half of what a long holds at most: nobody waits for 146 years, and sums do not overflow. */
    private static long nanos(Duration delay) {
        return delay.toSeconds() > Long.MAX_VALUE / 2_000_000_000L ? Long.MAX_VALUE / 2 : delay.toNanos();
    }

    private void tickLater() {
        try {
            afterTick.execute(this::tick);
        } catch (RuntimeException ended) {
            synchronized (this) {
                ticking = false;
            }
            throw ended;
        }
    }

    private void tick() {
        List<Alarm> due = new ArrayList<>();
        boolean goesOn;
        synchronized (this) {
            long now = (nanoTime.getAsLong() - startNanos) / TICK.toNanos();
            for (long tick = Math.max(ticksDone + 1, now - SLOTS + 1); tick <= now; tick++) {
                takeDue(slots[(int) (tick & (SLOTS - 1))], now, due);
            }
            ticksDone = Math.max(ticksDone, now);
            goesOn = count > 0;
            ticking = goesOn;
        }
        due.forEach(Alarm::ring);
        if (goesOn) {
            tickLater();
        }
    }

    private void takeDue(@Nullable Alarm first, long now, List<Alarm> due) {
        Alarm alarm = first;
        while (alarm != null) {
            Alarm next = alarm.next;
            if (alarm.dueTick <= now) {
                unhang(alarm);
                due.add(alarm);
            }
            alarm = next;
        }
    }

    private void hang(Alarm alarm) {
        int slot = (int) (alarm.dueTick & (SLOTS - 1));
        Alarm first = slots[slot];
        alarm.next = first;
        if (first != null) {
            first.previous = alarm;
        }
        slots[slot] = alarm;
        alarm.hangs = true;
        count++;
    }

    private void unhang(Alarm alarm) {
        Alarm previous = alarm.previous;
        Alarm next = alarm.next;
        if (previous == null) {
            slots[(int) (alarm.dueTick & (SLOTS - 1))] = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        alarm.next = null;
        alarm.previous = null;
        alarm.hangs = false;
        count--;
    }

    /** How many there are, for tests. */
    synchronized int size() {
        return count;
    }

    /** One of them, and a link of its slot's list. */
    private final class Alarm implements Registration {
        private final Runnable task;
        private long dueTick; // guarded by the alarms, as is the rest
        private @Nullable Alarm previous;
        private @Nullable Alarm next;
        private boolean hangs;

        private Alarm(Runnable task) {
            this.task = task;
        }

        private void ring() {
            try {
                task.run();
            } catch (RuntimeException | Error broken) { // without the next ones no limit of the server would hold
                LOG.warn("A task of an alarm broke", broken);
            }
        }

        @Override
        public void close() {
            synchronized (Alarms.this) {
                if (hangs) {
                    unhang(this);
                }
            }
        }
    }
}
