package io.mcpgate;

import java.util.ArrayList;
import java.util.List;

/**
 * Says that nobody waits for a call any more: its client cancelled it or went away, its deadline passed, or the gateway
 * closes. One per call, shared by all copies of it.
 *
 * <p>Cancelling is a race by nature: a call may complete although it was cancelled. Safe for use by several threads;
 * listeners run on the cancelling thread and must not block.
 */
public final class Cancellation {
    private final List<Runnable> listeners = new ArrayList<>(2);
    private volatile boolean cancelled;

    /** Not cancelled yet. */
    public Cancellation() {}

    /** True once {@link #cancel()} was called. */
    public boolean isCancelled() {
        return cancelled;
    }

    /** Cancels; the second and later calls do nothing. */
    public void cancel() {
        List<Runnable> due;
        synchronized (listeners) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(listeners);
            listeners.clear();
        }
        due.forEach(Runnable::run);
    }

    /**
     * Runs {@code listener} upon cancellation, at once if that has already happened.
     *
     * @return closes the registration; closing twice is harmless
     */
    public Registration onCancel(Runnable listener) {
        synchronized (listeners) {
            if (!cancelled) {
                listeners.add(listener);
                return () -> remove(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private void remove(Runnable listener) {
        synchronized (listeners) {
            listeners.remove(listener);
        }
    }

    /** Something that was registered and can be taken back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
