package io.mcpgate.core.audit;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.route.TimeLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to the sink, and says whether the call may go on. A sink that throws, gives {@code null}, fails or does not
 * answer in time counts as down: then calls are refused, or go on if the host has decided so, and either way the log says it.
 * It counts as well again with the next event that it has kept, be it in time or late.
 */
public final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedFuture(true);
    /** A call waits for two events, one after the other, and is to be refused within 5 seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final AuditSink sink;
    private final Observers observers;
    private final boolean refuseWhenDown;
    private final TimeLimit limit;
    private final AtomicBoolean down;

    /**
     * Hands events to {@code sink}; {@code refuseWhenDown} is the safe choice and the default everywhere.
     *
     * @param observers hear of each event as well, whether it can be kept or not
     * @param timer says when the sink has been waited for long enough; the host or the gateway ends it
     */
    public Recorder(
            AuditSink sink,
            List<Consumer<AuditEvent>> observers,
            boolean refuseWhenDown,
            ScheduledExecutorService timer) {
        this(sink, observers, refuseWhenDown, new TimeLimit(PATIENCE, timer));
    }

    /** The same with another limit, for tests. */
    Recorder(AuditSink sink, List<Consumer<AuditEvent>> observers, boolean refuseWhenDown, TimeLimit limit) {
        this(sink, new Observers(observers), refuseWhenDown, limit, new AtomicBoolean());
    }

    private Recorder(AuditSink sink, Observers observers, boolean refuseWhenDown, TimeLimit limit, AtomicBoolean down) {
        this.sink = sink;
        this.observers = observers;
        this.refuseWhenDown = refuseWhenDown;
        this.limit = limit;
        this.down = down;
    }

    /** The same for what is nobody's call, but the gateway's own question: recorded, and nothing to look at. */
    public Recorder unobserved() {
        return new Recorder(sink, new Observers(List.of()), refuseWhenDown, limit, down);
    }

    CompletionStage<Boolean> keep(AuditEvent event) {
        observers.tell(event);
        CompletableFuture<Void> kept;
        try {
            kept = sink.record(event).toCompletableFuture();
        } catch (RuntimeException | Error broken) {
            return CompletableFuture.completedFuture(failed(broken));
        }
        if (kept.isDone() && !kept.isCompletedExceptionally()) {
            recovered();
            return YES;
        }
        return inTime(kept).handle((done, error) -> error == null ? recovered() : failed(error));
    }

    /** Without a timer, as when the gateway has closed, nobody waits: it might be for ever. */
    private CompletableFuture<Void> inTime(CompletableFuture<Void> kept) {
        if (kept.isDone()) {
            return kept;
        }
        kept.thenRun(this::recovered); // also when that is too late for this event
        try {
            return limit.within(kept, () -> new TimeoutException("The audit sink did not answer in time"));
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }

    /** Whether the last that was heard of the sink was bad, for tests. */
    boolean isDown() {
        return down.get();
    }

    private boolean recovered() {
        if (down.get() && down.compareAndSet(true, false)) {
            LOG.info("Audit events can be written again");
        }
        return true;
    }

    private boolean failed(Throwable error) {
        if (down.compareAndSet(false, true)) {
            LOG.error(
                    "Audit events cannot be written; calls are {}",
                    refuseWhenDown ? "refused until they can" : "made without a record, as configured",
                    error);
        }
        return !refuseWhenDown;
    }
}
