package io.mcpgate.stdio;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines to a pipe, in the order in which they are handed in and never interleaved, on a thread of its own: a reader
 * at the other end that does not read makes nobody wait. What waits is bounded. Safe for use by many threads.
 *
 * <p>Only the own thread ever touches the stream, because closing a stream that somebody is blocked in blocks too.
 */
final class LineWriter {
    private final OutputStream out;
    private final int linesMax;
    private final long bytesMax;
    private final Runnable atEnd;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Queue<Item> queue = new ArrayDeque<>(); // guarded by itself, like the three below
    private long bytes;
    private boolean closing;
    private boolean broken;

    /**
     * Writes to {@code out}.
     *
     * @param bytesMax bytes that may wait; a single line may be longer when nothing else waits
     * @param atEnd runs on the own thread when nothing will be written any more
     */
    LineWriter(OutputStream out, int linesMax, long bytesMax, String threadName, Runnable atEnd) {
        this.out = out;
        this.linesMax = linesMax;
        this.bytesMax = bytesMax;
        this.atEnd = atEnd;
        this.thread = Threads.daemon(threadName, this::run);
    }

    void start() {
        thread.start();
    }

    /** What was refused was certainly not written, or not up to its end. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean full;

        private Refused(String message, boolean full) {
            super(message);
            this.full = full;
        }

        /** Whether the other side reads too slowly; otherwise it is gone. */
        boolean isFull() {
            return full;
        }
    }

    private static final class Item {
        private final byte[] line;
        private final CompletableFuture<Void> written = new CompletableFuture<>();

        private Item(byte[] line) {
            this.line = line;
        }
    }

    /**
     * Writes one line, and the line break behind it.
     *
     * @return completes when the pipe has taken it; fails with {@link Refused} if it never will
     */
    CompletionStage<Void> write(byte[] line) {
        return write(line, false);
    }

    /** As {@link #write}, unless the same line waits already, of which nothing was written yet: then that one does for both. */
    CompletionStage<Void> writeOnce(byte[] line) {
        return write(line, true);
    }

    private CompletionStage<Void> write(byte[] line, boolean once) {
        Item item = new Item(line);
        synchronized (queue) {
            if (closing || broken) {
                return CompletableFuture.failedFuture(gone());
            }
            if (once) {
                for (Item waiting : queue) {
                    if (Arrays.equals(waiting.line, line)) {
                        return waiting.written;
                    }
                }
            }
            if (queue.size() >= linesMax || (bytes > 0 && bytes + line.length > bytesMax)) {
                return CompletableFuture.failedFuture(new Refused("The other side does not read", true));
            }
            queue.add(item);
            bytes += line.length;
            queue.notifyAll();
        }
        return item.written;
    }

    private static Refused gone() {
        return new Refused("The pipe is closed", false);
    }

    private void run() {
        try {
            for (Item item = next(); item != null; item = next()) {
                put(item);
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        } finally {
            abandon(true);
            atEnd.run();
            ended.complete(null);
        }
    }

    private @Nullable Item next() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && !closing && !broken) {
                queue.wait();
            }
            return broken ? null : queue.poll();
        }
    }

    private void put(Item item) {
        try {
            out.write(item.line);
            out.write('\n');
            out.flush();
        } catch (IOException pipeIsBroken) {
            abandon(true);
            item.written.completeExceptionally(gone());
            return;
        }
        synchronized (queue) {
            bytes -= item.line.length;
        }
        item.written.complete(null);
    }

    /** Nothing more is taken; what waits is not written. */
    void discard() {
        abandon(false);
    }

    private void abandon(boolean pipeIsBroken) {
        List<Item> abandoned;
        synchronized (queue) {
            closing = true;
            broken |= pipeIsBroken;
            abandoned = new ArrayList<>(queue);
            queue.clear();
            queue.notifyAll();
        }
        abandoned.forEach(item -> item.written.completeExceptionally(gone()));
    }

    /** Nothing more is taken; what waits is written, unless that takes longer than {@code patience}. */
    void finish(Duration patience) throws InterruptedException {
        synchronized (queue) {
            closing = true;
            queue.notifyAll();
        }
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patience.toNanos())));
        discard();
    }

    /** Completes when nothing will be written any more. */
    CompletionStage<Void> ended() {
        return ended;
    }
}
