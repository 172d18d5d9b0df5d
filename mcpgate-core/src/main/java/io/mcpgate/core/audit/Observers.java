package io.mcpgate.core.audit;

import io.mcpgate.audit.AuditEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of audit events beside the sink, as metrics do. They are for looking on: one that breaks changes nothing for the
 * call and keeps nobody else from hearing of it, and the log says so once.
 */
final class Observers {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

    private final List<Consumer<AuditEvent>> observers;
    private final AtomicBoolean complained = new AtomicBoolean();

    Observers(List<Consumer<AuditEvent>> observers) {
        this.observers = List.copyOf(observers);
    }

    void tell(AuditEvent event) {
        for (Consumer<AuditEvent> observer : observers) {
            try {
                observer.accept(event);
            } catch (RuntimeException | Error broken) {
                complain(broken);
            }
        }
    }

    private void complain(Throwable broken) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn("An observer of audit events broke; it may miss others, and this is not said again", broken);
        }
    }
}
