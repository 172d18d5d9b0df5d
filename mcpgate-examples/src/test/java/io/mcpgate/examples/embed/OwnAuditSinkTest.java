package io.mcpgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.contract.AuditSinkContract;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OwnAuditSinkTest {
    /** A table in memory, that remembers which rows came together. */
    private static final class Table implements OwnAuditSink.Store {
        private final List<List<String>> batches = new ArrayList<>();

        @Override
        public synchronized void insert(List<AuditEvent> batch) {
            batches.add(batch.stream().map(AuditEvent::correlationId).toList());
        }

        synchronized List<String> rows() {
            return batches.stream().flatMap(List::stream).toList();
        }
    }

    @Nested
    class Contract extends AuditSinkContract {
        private final Table table = new Table();
        private final ExecutorService executor = Executors.newFixedThreadPool(2);
        private final OwnAuditSink sink = new OwnAuditSink(table, executor);

        @AfterEach
        void end() {
            executor.shutdownNow();
        }

        @Override
        protected AuditSink sink() {
            return sink;
        }

        @Override
        protected List<String> kept() {
            return table.rows();
        }
    }

    /** With an executor that runs what it has when the test says so. */
    @Nested
    class InBatches {
        private final Table table = new Table();
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final OwnAuditSink sink = new OwnAuditSink(table, tasks::add);

        @Test
        void writesTogetherWhatHasComeMeanwhile() {
            for (int i = 0; i < 3; i++) {
                sink.record(attempt("a-" + i));
            }
            assertThat(tasks).hasSize(1);

            tasks.remove().run();

            assertThat(table.batches).containsExactly(List.of("a-0", "a-1", "a-2"));
            assertThat(tasks).isEmpty();
        }

        @Test
        void hasNotKeptWhatIsNotWritten() {
            CompletableFuture<Void> kept = sink.record(attempt("a")).toCompletableFuture();

            assertThat(kept).isNotDone();
            tasks.remove().run();
            assertThat(kept).isCompleted();
        }

        @Test
        void refusesEventsThatComeFasterThanTheyCanBeWritten() {
            for (int i = 0; i < 10_000; i++) {
                sink.record(attempt("a-" + i));
            }

            assertThat(sink.record(attempt("one too many"))).isCompletedExceptionally();
            tasks.remove().run();
            assertThat(sink.record(attempt("later")).toCompletableFuture()).isNotDone();
        }

        @Test
        void writesWhatIsLeftWhenItIsClosed() {
            CompletableFuture<Void> kept = sink.record(attempt("a")).toCompletableFuture();

            sink.close();

            assertThat(kept).isCompleted();
            assertThat(table.rows()).containsExactly("a");
            assertThat(sink.record(attempt("b"))).isCompletedExceptionally();
        }
    }

    @Nested
    class WithAStoreOrHostThatFails {
        @Test
        void saysThatNothingIsKept() {
            OwnAuditSink.Store broken = batch -> {
                throw new IOException("the disk is full");
            };

            assertThat(new OwnAuditSink(broken, Runnable::run).record(attempt("a")))
                    .isCompletedExceptionally();
        }

        @Test
        void refusesOnlyWhileTheHostHasNoThread() {
            Table table = new Table();
            AtomicBoolean busy = new AtomicBoolean(true);
            OwnAuditSink sink = new OwnAuditSink(table, task -> {
                if (busy.get()) {
                    throw new RejectedExecutionException("all threads are busy");
                }
                task.run();
            });

            assertThat(sink.record(attempt("a"))).isCompletedExceptionally();
            busy.set(false);
            assertThat(sink.record(attempt("b"))).isCompleted();
            assertThat(table.rows()).containsExactly("b");
        }
    }

    private static AuditEvent attempt(String correlationId) {
        return new AuditEvent(
                AuditEvent.Kind.ATTEMPT,
                Instant.EPOCH,
                correlationId,
                "ann",
                "session",
                "crm",
                Direction.TO_SERVER,
                "tools/call",
                new Target(Target.Kind.TOOL, "find"),
                AuditEvent.Verdict.ALLOWED,
                "role sales allows tool *",
                null,
                null,
                null,
                20,
                0);
    }
}
