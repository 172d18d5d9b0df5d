package io.mcpgate.core.audit;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps the last events in memory, for tests and for hosts that show recent activity. Forgets the oldest first. */
public final class InMemoryAuditSink implements AuditSink {
    private final int capacity;
    private final Deque<AuditEvent> events = new ArrayDeque<>();

    /** Keeps at most {@code capacity} events. */
    public InMemoryAuditSink(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("An audit sink must keep at least one event");
        }
        this.capacity = capacity;
    }

    @Override
    public synchronized CompletionStage<Void> record(AuditEvent event) {
        if (events.size() == capacity) {
            events.removeFirst();
        }
        events.addLast(event);
        return CompletableFuture.completedFuture(null);
    }

    /** The kept events, oldest first. */
    public synchronized List<AuditEvent> events() {
        return List.copyOf(events);
    }
}
