package io.mcpgate.stdio;

/** Makes the module's threads: named, so that a thread dump explains itself, and no reason for a JVM to stay. */
final class Threads {
    private Threads() {}

    static Thread daemon(String name, Runnable task) {
        // Not with the caller's inheritable thread-locals: a child may outlive the request that started it by days.
        Thread thread = new Thread(null, task, "mcpgate-stdio-" + name, 0, false);
        thread.setDaemon(true);
        return thread;
    }
}
