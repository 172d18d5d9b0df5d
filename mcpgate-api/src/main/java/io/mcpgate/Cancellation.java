package io.mcpgate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says that nobody waits for a call any more: its client cancelled it or went away, its deadline passed, or the gateway
 * closes. One per call, shared by all copies of it.
 *
 * <p>Cancelling is a race by nature: a call may complete although it was cancelled. Safe for use by several threads;
 * listeners run on the cancelling thread and must not block.
 */
public final class Cancellation {
    private @Nullable List<Runnable> listeners; // guarded by this; most calls have none, or one
    private volatile boolean cancelled;

    /** Not cancelled yet. */
    public Cancellation() {}

    /** True once {@link #cancel()} was called. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Cancels; the second and later calls do nothing. All listeners run, whatever any of them throws; then the first that was
     * thrown is thrown on, and has the others as {@linkplain Throwable#getSuppressed() suppressed} ones.
     */
    public void cancel() {
        List<Runnable> due;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = listeners == null ? List.of() : listeners;
            listeners = null;
        }
        runAll(due);
    }

    /** As the core's {@code Closing.all}, which this module does not see. */
    private static void runAll(List<Runnable> listeners) {
        Throwable first = null;
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException | Error broken) {
                if (first == null) {
                    first = broken;
                } else if (first != broken) {
                    first.addSuppressed(broken);
                }
            }
        }
        if (first instanceof RuntimeException broken) {
            throw broken;
        }
        if (first instanceof Error broken) {
            throw broken;
        }
    }

    /**
     * Runs {@code listener} upon cancellation, at once if that has already happened.
     *
     * @return closes the registration; closing twice is harmless
     */
    public Registration onCancel(Runnable listener) {
        synchronized (this) {
            if (!cancelled) {
                if (listeners == null) {
                    listeners = new ArrayList<>(1);
                }
                listeners.add(listener);
                return () -> remove(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private synchronized void remove(Runnable listener) {
        if (listeners != null) {
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
