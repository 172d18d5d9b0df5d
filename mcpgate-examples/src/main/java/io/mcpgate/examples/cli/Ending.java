package io.mcpgate.examples.cli;

import java.util.concurrent.Callable;

/**
 * What has to happen before the process ends, once: when its work is done, or when somebody tells it to end (SIGTERM,
 * SIGINT). After the latter the exit code is 0, as everything was answered.
 */
final class Ending {
    private final Runnable action;
    private final Thread hook = new Thread(this::told, "mcpgate-ending");
    private boolean done; // guarded by this

    private Ending(Runnable action) {
        this.action = action;
    }

    /** Does {@code work}, and {@code action} after it or instead of the rest of it. */
    static <T> T after(Callable<T> work, Runnable action) throws Exception {
        Ending ending = new Ending(action);
        Runtime.getRuntime().addShutdownHook(ending.hook);
        try {
            return work.call();
        } finally {
            ending.unasked();
        }
    }

    private void told() {
        once();
        Runtime.getRuntime().halt(0); // otherwise the JVM says 143, which supervisors take for a failure
    }

    private void unasked() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException told) {
            awaitTheEnd();
        }
        once();
    }

    /** The hook is at it, and ends the process: what the work says of being ended under its hands is nobody's business. */
    private void awaitTheEnd() {
        try {
            hook.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void once() {
        if (!done) {
            done = true;
            action.run();
        }
    }
}
