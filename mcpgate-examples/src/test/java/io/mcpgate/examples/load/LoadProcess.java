package io.mcpgate.examples.load;

import java.io.IOException;

/** What the processes of the harness have in common. */
final class LoadProcess {
    private LoadProcess() {}

    /** Ends this JVM when whoever started it ends or closes the pipe, also if that was killed. */
    static void endWithStandardInput() {
        Thread watch = new Thread(LoadProcess::awaitEndOfStandardInput, "end-with-stdin");
        watch.setDaemon(true);
        watch.start();
    }

    /** The same, in this thread: for a program whose other threads keep no JVM alive. */
    static void awaitEndOfStandardInput() {
        try {
            while (System.in.read() >= 0) {} // nothing is said to it
        } catch (IOException gone) {
            // the same
        }
        Runtime.getRuntime().halt(0);
    }
}
