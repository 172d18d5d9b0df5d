package io.mcpgate.core.bridge;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timer whose time the test moves; what is due runs on the test's own thread. */
final class ManualTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private final PriorityBlockingQueue<Task<?>> tasks =
            new PriorityBlockingQueue<>(16, Comparator.comparingLong((Task<?> task) -> task.dueNanos));
    private volatile long now;
    private volatile boolean shutdown;

    /** This timer's time, for those who read a clock. */
    long nanos() {
        return now;
    }

    void advance(Duration time) {
        long until = now + time.toNanos();
        for (Task<?> next = tasks.peek(); next != null && next.dueNanos <= until; next = tasks.peek()) {
            tasks.remove(next);
            now = next.dueNanos;
            next.ring();
        }
        now = until;
    }

    private final class Task<T> extends FutureTask<T> implements ScheduledFuture<T> {
        private final long everyNanos;
        private long dueNanos;

        private Task(Callable<T> work, long delay, long every, TimeUnit unit) {
            super(work);
            dueNanos = now + unit.toNanos(delay);
            everyNanos = unit.toNanos(every);
            if (shutdown) {
                throw new RejectedExecutionException("shut down");
            }
            tasks.add(this);
        }

        private void ring() {
            if (everyNanos == 0) {
                run();
            } else if (runAndReset()) {
                dueNanos = now + everyNanos;
                tasks.add(this);
            }
        }

        @Override
        public boolean cancel(boolean interrupt) {
            tasks.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return new Task<>(
                () -> {
                    work.run();
                    return null;
                },
                delay,
                0,
                unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        return new Task<>(work, delay, 0, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long first, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(work, first, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long first, long delay, TimeUnit unit) {
        return new Task<>(
                () -> {
                    work.run();
                    return null;
                },
                first,
                delay,
                unit);
    }

    @Override
    public void execute(Runnable work) {
        work.run();
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
