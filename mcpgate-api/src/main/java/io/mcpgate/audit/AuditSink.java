package io.mcpgate.audit;

import java.util.concurrent.CompletionStage;

/**
 * Keeps audit events. The gateway waits for the stage, 2 seconds at the most: an attempt that cannot be recorded is not
 * made, and an outcome that cannot be recorded is not shown (unless configured otherwise, and then loudly).
 *
 * <p>Called by many threads at once; must not block for long on the calling thread. Checked by
 * {@code io.mcpgate.contract.AuditSinkContract} in this module's test-jar.
 */
@FunctionalInterface
public interface AuditSink extends AutoCloseable {

    /**
     * Keeps one event.
     *
     * @return completes when the event is as durable as the sink promises; fails if it cannot be kept
     */
    CompletionStage<Void> record(AuditEvent event);

    /** Writes what is pending and gives back what is held. The gateway closes the sinks that it made itself. */
    @Override
    default void close() {}
}
