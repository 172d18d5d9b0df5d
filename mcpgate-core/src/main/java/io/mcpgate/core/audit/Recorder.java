package io.mcpgate.core.audit;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to the sink, and says whether the call may go on. A sink that throws, gives {@code null} or fails counts
 * as down: then calls are refused, or go on if the host has decided so, and either way the log says it.
 */
public final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedFuture(true);

    private final AuditSink sink;
    private final Observers observers;
    private final boolean refuseWhenDown;
    private final AtomicBoolean down;

    /**
     * Hands events to {@code sink}; {@code refuseWhenDown} is the safe choice and the default everywhere.
     *
     * @param observers hear of each event as well, whether it can be kept or not
     */
    public Recorder(AuditSink sink, List<Consumer<AuditEvent>> observers, boolean refuseWhenDown) {
        this(sink, new Observers(observers), refuseWhenDown, new AtomicBoolean());
    }

    private Recorder(AuditSink sink, Observers observers, boolean refuseWhenDown, AtomicBoolean down) {
        this.sink = sink;
        this.observers = observers;
        this.refuseWhenDown = refuseWhenDown;
        this.down = down;
    }

    /** The same for what is nobody's call, but the gateway's own question: recorded, and nothing to look at. */
    public Recorder unobserved() {
        return new Recorder(sink, new Observers(List.of()), refuseWhenDown, down);
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
        return kept.handle((done, error) -> error == null ? recovered() : failed(error));
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
