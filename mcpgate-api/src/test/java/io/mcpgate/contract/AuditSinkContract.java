package io.mcpgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link AuditSink} must do. */
public abstract class AuditSinkContract {
    /** The sink under test, the same for the whole of one test. */
    protected abstract AuditSink sink();

    /** The correlation ids of the events that the sink has kept, in the order in which it keeps them. */
    protected abstract List<String> kept() throws Exception;

    @Test
    void hasKeptAnEventWhenItsStageIsComplete() throws Exception {
        record(attempt("a-1"));

        assertThat(kept()).containsExactly("a-1");
    }

    @Test
    void keepsTheOrderOfOneCaller() throws Exception {
        for (int i = 0; i < 50; i++) {
            record(attempt("a-" + i));
        }

        assertThat(kept())
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "a-" + i).toList());
    }

    @Test
    void keepsEveryEventOfManyCallers() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            CompletableFuture<?>[] all = IntStream.range(0, 400)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> sink().record(outcome("c-" + i)), callers)
                            .thenCompose(stage -> stage))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(all).get(30, TimeUnit.SECONDS);
        } finally {
            callers.shutdownNow();
        }

        assertThat(kept()).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void keepsHostileTextWithoutHarm() throws Exception {
        record(event(AuditEvent.Kind.ATTEMPT, "h-1", "line\r\nbreak \u001b[31m \u2028 \"quote\" \\ \u0000"));
        record(attempt("h-2"));

        assertThat(kept()).containsExactly("h-1", "h-2");
    }

    private void record(AuditEvent event) throws Exception {
        sink().record(event).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** An event for the attempt of a tool call. */
    protected static AuditEvent attempt(String correlationId) {
        return event(AuditEvent.Kind.ATTEMPT, correlationId, "search");
    }

    /** An event for the outcome of a tool call. */
    protected static AuditEvent outcome(String correlationId) {
        return event(AuditEvent.Kind.OUTCOME, correlationId, "search");
    }

    private static AuditEvent event(AuditEvent.Kind kind, String correlationId, String tool) {
        boolean ended = kind == AuditEvent.Kind.OUTCOME;
        return new AuditEvent(
                kind,
                Instant.EPOCH,
                correlationId,
                "alice",
                "session",
                "crm",
                Direction.TO_SERVER,
                "tools/call",
                new Target(Target.Kind.TOOL, tool),
                AuditEvent.Verdict.ALLOWED,
                "role support allows tool *",
                ended ? AuditEvent.Outcome.OK : null,
                null,
                ended ? Duration.ofMillis(3) : null,
                20,
                ended ? 100 : 0);
    }
}
