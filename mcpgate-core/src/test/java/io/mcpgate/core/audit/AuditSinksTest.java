package io.mcpgate.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.contract.AuditSinkContract;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AuditSinksTest {

    @Nested
    class InMemory extends AuditSinkContract {
        private final InMemoryAuditSink sink = new InMemoryAuditSink(1_000);

        @Override
        protected AuditSink sink() {
            return sink;
        }

        @Override
        protected List<String> kept() {
            return sink.events().stream().map(AuditEvent::correlationId).toList();
        }

        @Test
        void forgetsTheOldest() {
            InMemoryAuditSink small = new InMemoryAuditSink(2);
            for (int i = 0; i < 5; i++) {
                small.record(attempt("a-" + i));
            }

            assertThat(small.events()).extracting(AuditEvent::correlationId).containsExactly("a-3", "a-4");
        }
    }

    @Nested
    class JsonLines extends AuditSinkContract {
        @TempDir
        Path directory;

        private Path file;
        private JsonLinesAuditSink sink;

        @BeforeEach
        void open() throws IOException {
            file = directory.resolve("audit.jsonl");
            sink = JsonLinesAuditSink.appendingTo(file);
        }

        @AfterEach
        void close() {
            sink.close();
        }

        @Override
        protected AuditSink sink() {
            return sink;
        }

        @Override
        protected List<String> kept() throws Exception {
            return lines().stream().map(line -> (String) line.get("id")).toList();
        }

        private List<Map<String, Object>> lines() throws IOException {
            return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .map(JsonLines::parse)
                    .toList();
        }

        private static Map<String, Object> parse(String line) {
            try {
                return new JsonReader(JsonLimits.DEFAULT)
                        .payload(line.getBytes(StandardCharsets.UTF_8))
                        .members();
            } catch (MalformedMessage malformed) {
                throw new AssertionError("no JSON: " + line, malformed);
            }
        }

        @Test
        void writesWhatHappenedInPlainWords() throws Exception {
            sink.record(outcome("o-1"));

            assertThat(lines().get(0))
                    .containsEntry("event", "outcome")
                    .containsEntry("principal", "alice")
                    .containsEntry("server", "crm")
                    .containsEntry("method", "tools/call")
                    .containsEntry("tool", "search")
                    .containsEntry("verdict", "allowed")
                    .containsEntry("outcome", "ok")
                    .containsEntry("durationMicros", 3_000L)
                    .containsEntry("requestBytes", 20L)
                    .containsEntry("replyBytes", 100L);
        }

        @Test
        void writesNothingOfWhichItsPageSaysNothing() throws Exception {
            String page = Files.readString(Path.of("../docs/audit.md"));
            sink.record(outcome("o-1"));
            sink.record(failed());

            Stream<String> members = lines().stream().flatMap(line -> line.keySet().stream());
            assertThat(Stream.of(
                                    members,
                                    words(AuditEvent.Kind.values()),
                                    words(AuditEvent.Verdict.values()),
                                    words(AuditEvent.Outcome.values()),
                                    words(Direction.values()),
                                    words(Target.Kind.values()).filter(kind -> !kind.equals("method")))
                            .flatMap(some -> some))
                    .contains("errorCode", "template", "to_client", "cancelled")
                    .allSatisfy(word -> assertThat(page).contains("`" + word + "`"));
        }

        private static Stream<String> words(Enum<?>... constants) {
            return Stream.of(constants).map(constant -> constant.name().toLowerCase(Locale.ROOT));
        }

        private AuditEvent failed() {
            AuditEvent ok = outcome("o-2");
            return new AuditEvent(
                    ok.kind(),
                    ok.time(),
                    ok.correlationId(),
                    ok.principal(),
                    ok.session(),
                    ok.server(),
                    ok.direction(),
                    ok.method(),
                    ok.target(),
                    ok.verdict(),
                    ok.reason(),
                    AuditEvent.Outcome.FAILED,
                    503,
                    ok.duration(),
                    ok.requestBytes(),
                    0);
        }

        /** How some rotate what a program keeps open. */
        @Test
        void goesOnAtTheBeginningOfAFileThatWasCopiedAndTruncated() throws Exception {
            sink.record(outcome("o-1"));
            Files.copy(file, directory.resolve("audit.1.jsonl"));
            Files.newByteChannel(file, StandardOpenOption.WRITE).truncate(0).close();

            sink.record(outcome("o-2"));

            assertThat(kept()).containsExactly("o-2");
            assertThat(Files.size(file)).isEqualTo(Files.size(directory.resolve("audit.1.jsonl")));
        }

        @Test
        void writesTimesToTheMicrosecondAlsoWhenTheyGoBack() throws Exception {
            List<String> times = List.of(
                    "2026-11-22T10:00:00.000001Z",
                    "2026-11-22T10:00:00.999999Z",
                    "2026-11-22T10:00:01.000000Z",
                    "2026-11-22T09:59:59.120000Z",
                    "1969-12-31T23:59:59.500000Z");
            times.forEach(time -> sink.record(at(Instant.parse(time).plusNanos(999))));

            assertThat(lines()).extracting(line -> line.get("time")).isEqualTo(times);
        }

        @Test
        void writesAnyTextOnOneLine() throws Exception {
            List<String> names = List.of(
                    "plain",
                    "a \"quoted\" \\ name",
                    "two\nlines\r\u2028\u0000",
                    "Gr\u00fc\u00dfe \u2603 \ud83d\ude00 \u007f",
                    "x".repeat(1_000),
                    "\u2603".repeat(1_000));
            names.forEach(name -> sink.record(by(name)));

            assertThat(lines()).extracting(line -> line.get("principal")).isEqualTo(names);
            assertThat(Files.readString(file).chars().filter(c -> c == '\n').count())
                    .isEqualTo(names.size());
        }

        @Test
        void cutsLongTextButNoCharacterInTwo() throws Exception {
            sink.record(by("x".repeat(1_025)));
            sink.record(by("x".repeat(1_023) + "\ud83d\ude00"));

            assertThat(lines())
                    .extracting(line -> line.get("principal"))
                    .containsExactly("x".repeat(1_024) + "…", "x".repeat(1_023) + "…");
        }

        private AuditEvent at(Instant time) {
            return changed(time, attempt("a-1").principal());
        }

        private AuditEvent by(String principal) {
            return changed(Instant.EPOCH, principal);
        }

        private AuditEvent changed(Instant time, String principal) {
            AuditEvent event = attempt("a-1");
            return new AuditEvent(
                    event.kind(),
                    time,
                    event.correlationId(),
                    principal,
                    event.session(),
                    event.server(),
                    event.direction(),
                    event.method(),
                    event.target(),
                    event.verdict(),
                    event.reason(),
                    event.outcome(),
                    event.errorCode(),
                    event.duration(),
                    event.requestBytes(),
                    event.replyBytes());
        }

        @Test
        void goesOnInAFileThatExists() throws Exception {
            sink.record(attempt("a-1"));
            sink.close();

            open();
            sink.record(attempt("a-2"));

            assertThat(kept()).containsExactly("a-1", "a-2");
        }

        @Test
        void beginsOnALineOfItsOwnWhereAnEarlierProcessLeftHalfALine() throws Exception {
            sink.close();
            Files.writeString(file, "{\"id\":\"half");

            open();
            sink.record(attempt("a-1"));
            sink.record(attempt("a-2"));

            List<String> lines = Files.readAllLines(file);
            assertThat(lines).hasSize(3).startsWith("{\"id\":\"half");
            assertThat(parse(lines.get(1))).containsEntry("id", "a-1");
            assertThat(parse(lines.get(2))).containsEntry("id", "a-2");
        }

        @Test
        void beginsOnALineOfItsOwnBehindOneThatCouldBeWrittenOnlyInPart() {
            Disk disk = new Disk();
            JsonLinesAuditSink onDisk = JsonLinesAuditSink.writingTo(disk);
            onDisk.record(attempt("a-1"));
            disk.room = 20;
            assertThat(onDisk.record(attempt("a-2")).toCompletableFuture()).isCompletedExceptionally();
            assertThat(onDisk.record(attempt("a-3")).toCompletableFuture()).isCompletedExceptionally();
            disk.room = 1_000_000;

            onDisk.record(attempt("a-4"));
            onDisk.record(attempt("a-5"));

            List<String> lines =
                    disk.written.toString(StandardCharsets.UTF_8).lines().toList();
            assertThat(lines).hasSize(4);
            assertThat(lines.get(1)).hasSize(20);
            assertThat(List.of(parse(lines.get(0)), parse(lines.get(2)), parse(lines.get(3))))
                    .extracting(line -> line.get("id"))
                    .containsExactly("a-1", "a-4", "a-5");
        }

        @Test
        @EnabledOnOs(OS.LINUX)
        void failsItsStageWhenTheDiskIsFull() throws IOException {
            JsonLinesAuditSink full = JsonLinesAuditSink.appendingTo(Path.of("/dev/full"));

            assertThat(full.record(attempt("a-1")).toCompletableFuture()).isCompletedExceptionally();
        }

        @Test
        @EnabledOnOs(OS.LINUX)
        void letsGoOfItsFileAlsoIfThatCannotBeBroughtToTheDisk() throws IOException {
            JsonLinesAuditSink nowhere = JsonLinesAuditSink.appendingTo(Path.of("/dev/null"));
            assertThat(nowhere.record(attempt("a-1")).toCompletableFuture()).isCompleted();

            assertThatThrownBy(nowhere::close).hasMessageContaining("could not be closed cleanly");

            assertThat(nowhere.record(attempt("a-2")).toCompletableFuture()).isCompletedExceptionally();
        }

        /** Takes as much as there is room for, and then nothing. */
        private static final class Disk implements WritableByteChannel {
            private final ByteArrayOutputStream written = new ByteArrayOutputStream();
            private int room = 1_000_000;

            @Override
            public int write(ByteBuffer bytes) throws IOException {
                if (room == 0) {
                    throw new IOException("No space left on device");
                }
                int length = Math.min(room, bytes.remaining());
                for (int i = 0; i < length; i++) {
                    written.write(bytes.get());
                }
                room -= length;
                return length;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        }

        @Test
        void failsItsStageWhenTheFileIsGone() {
            sink.close();

            assertThatThrownBy(() ->
                            sink.record(attempt("a-1")).toCompletableFuture().join())
                    .hasCauseInstanceOf(IOException.class);
        }
    }
}
