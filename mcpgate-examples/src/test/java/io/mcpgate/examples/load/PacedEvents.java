package io.mcpgate.examples.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Progress of one call that is told of at an even pace, and then its answer. */
final class PacedEvents implements Comparable<PacedEvents> {
    private final UpstreamConnection connection;
    private final ProgressStream stream;
    private final long paceNanos;
    private long dueNanos;

    PacedEvents(UpstreamConnection connection, ProgressStream stream, int paceMillis) {
        this.connection = connection;
        this.stream = stream;
        this.paceNanos = TimeUnit.MILLISECONDS.toNanos(paceMillis);
        this.dueNanos = System.nanoTime() + paceNanos;
    }

    long waitNanos() {
        return dueNanos - System.nanoTime();
    }

    /** Sends what is due; false if that was the last or the connection is gone. */
    boolean sendNext() {
        try {
            connection.send(stream.next());
            dueNanos += paceNanos;
            return stream.hasNext();
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public int compareTo(PacedEvents other) {
        return Long.compare(dueNanos - other.dueNanos, 0);
    }
}
