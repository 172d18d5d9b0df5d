package io.mcpgate.examples.embed;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Writes events where a single write is slow, e.g. to a database: those that come while one batch is being written are the
 * next batch. A call goes on when its event is kept, so nothing is lost that was acted on; and where events come faster than
 * they can be written, calls are refused and memory does not grow: 10,000 events wait at most, of which 500 are a batch.
 */
public final class OwnAuditSink implements AuditSink {
    private static final int BATCH_MAX = 500;
    private static final int WAITING_MAX = 10_000;

    private final Store store;
    private final Executor executor;
    private final Object writing = new Object(); // held while a batch is written: there is one at a time, in order
    private final Deque<Entry> waiting = new ArrayDeque<>(); // guarded by this
    private boolean scheduled; // guarded by this
    private boolean closed; // guarded by this

    /** What keeps events: one transaction, one request, one flush. */
    @FunctionalInterface
    public interface Store {
        /** Keeps all of them or fails; may block. */
        void insert(List<AuditEvent> batch) throws IOException;
    }

    private record Entry(AuditEvent event, CompletableFuture<Void> kept) {}

    /**
     * A sink for a store.
     *
     * @param executor the host's; the store blocks its threads, and calls whose events are kept go on there
     */
    public OwnAuditSink(Store store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    @Override
    public CompletionStage<Void> record(AuditEvent event) {
        Entry entry = new Entry(event, new CompletableFuture<>());
        synchronized (this) {
            if (closed || waiting.size() == WAITING_MAX) {
                return CompletableFuture.failedFuture(new IOException(closed ? "The sink is closed" : "Too slow"));
            }
            waiting.add(entry);
        }
        schedule();
        return entry.kept;
    }

    private void schedule() {
        synchronized (this) {
            if (scheduled || waiting.isEmpty()) {
                return;
            }
            scheduled = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException busy) { // those calls are refused; later ones may find a thread again
            refuseAll(busy);
        }
    }

    private void refuseAll(RejectedExecutionException why) {
        List<Entry> refused;
        synchronized (this) {
            scheduled = false;
            refused = List.copyOf(waiting);
            waiting.clear();
        }
        refused.forEach(entry -> entry.kept.completeExceptionally(why));
    }

    private void run() {
        Runnable tell = writeBatch();
        synchronized (this) {
            scheduled = false;
        }
        schedule(); // first, for calls that go on take their time
        tell.run();
    }

    private Runnable writeBatch() {
        synchronized (writing) {
            List<Entry> batch = next();
            if (batch.isEmpty()) {
                return () -> {};
            }
            try {
                store.insert(batch.stream().map(Entry::event).toList());
                return () -> batch.forEach(entry -> entry.kept.complete(null));
            } catch (IOException | RuntimeException | Error failed) {
                return () -> batch.forEach(entry -> entry.kept.completeExceptionally(failed));
            }
        }
    }

    private synchronized List<Entry> next() {
        List<Entry> batch = new ArrayList<>();
        while (batch.size() < BATCH_MAX && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    /** Writes what is left, on the calling thread; the executor and the store are the host's. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        do { // at least once: a batch may be on its way
            writeBatch().run();
        } while (isAnyWaiting());
    }

    private synchronized boolean isAnyWaiting() {
        return !waiting.isEmpty();
    }
}
