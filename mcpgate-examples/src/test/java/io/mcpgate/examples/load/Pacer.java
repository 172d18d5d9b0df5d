package io.mcpgate.examples.load;

import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes a selector at a time that is given in nanoseconds: by itself a selector only knows milliseconds, and turning in a
 * circle would take a core from what is measured.
 */
final class Pacer implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final Selector selector;
    private final Thread thread = new Thread(this::run, "pacer");
    private final long origin = System.nanoTime();
    private final AtomicLong dueNanos = new AtomicLong(NEVER); // since the origin
    private volatile boolean closed;

    Pacer(Selector selector) {
        this.selector = selector;
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes the place of the time that was given before. */
    void wakeAt(long nanoTime) {
        dueNanos.set(nanoTime - origin);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            long due = dueNanos.get();
            long wait = due - (System.nanoTime() - origin);
            if (due == NEVER) LockSupport.park();
            else if (wait > 0) LockSupport.parkNanos(wait);
            else if (dueNanos.compareAndSet(due, NEVER)) selector.wakeup();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
