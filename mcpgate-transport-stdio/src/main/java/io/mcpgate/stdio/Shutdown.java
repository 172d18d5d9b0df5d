package io.mcpgate.stdio;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends a child and whatever it has started (MCP, "stdio", "Shutdown"): its stdin is closed already, so it gets time to end
 * by itself; then SIGTERM, and time again; then SIGKILL. On Windows there is no SIGTERM, and the second stage is the last.
 */
final class Shutdown {
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(3);
    private static final long POLL_MILLIS_MAX = 100;

    private final Process process;
    private final ProcessTree tree;
    private final Duration grace;

    Shutdown(Process process, ProcessTree tree, Duration grace) {
        this.process = process;
        this.tree = tree;
        this.grace = grace;
    }

    /**
     * Blocks until nothing of the tree runs any more, at most two times the grace and three seconds.
     *
     * @return what survived SIGKILL, which only a process in an uninterruptible system call does
     */
    List<ProcessHandle> run() {
        tree.look(); // before anything dies, so that the orphans of whoever dies first are known
        try {
            if (isGone(grace)) {
                return List.of();
            }
            tree.terminate();
            if (isGone(grace)) {
                return List.of();
            }
            return kill();
        } catch (InterruptedException hurry) {
            tree.kill();
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private List<ProcessHandle> kill() throws InterruptedException {
        long deadline = System.nanoTime() + KILL_PATIENCE.toNanos();
        do {
            tree.kill();
        } while (!isGone(Duration.ofMillis(POLL_MILLIS_MAX)) && System.nanoTime() - deadline < 0);
        return tree.running();
    }

    private boolean isGone(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        long pauseMillis = 5;
        while (!tree.running().isEmpty()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            Thread.sleep(Math.min(pauseMillis, leftMillis)); // nobody tells about the end of a process that is no child
            pauseMillis = Math.min(2 * pauseMillis, POLL_MILLIS_MAX);
        }
        return true;
    }
}
