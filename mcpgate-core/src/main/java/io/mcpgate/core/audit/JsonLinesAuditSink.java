package io.mcpgate.core.audit;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One JSON object a line, appended to a file or channel.
 *
 * <p>A record is kept when the operating system has it: it survives the death of this process, but not the loss of
 * power. The write happens on the calling thread, into the page cache. Lines are never torn, because each is one write: to a
 * file that the operating system appends to, without a lock, as threads would meet at it twice in each call; to a channel
 * under one. Where a write fails half-way, as on a full disk, the event counts as not kept and the next one begins on a line
 * of its own, also after a restart; an empty line may come of it. Text of clients and servers is cut at {@value #TEXT_MAX}
 * characters and cannot break a line.
 */
public final class JsonLinesAuditSink implements AuditSink {
    private static final int TEXT_MAX = 1_024;
    private static final Words<AuditEvent.Kind> KINDS = Words.of(AuditEvent.Kind.class);
    private static final Words<Direction> DIRECTIONS = Words.of(Direction.class);
    private static final Words<Target.Kind> TARGETS = Words.of(Target.Kind.class);
    private static final Words<AuditEvent.Verdict> VERDICTS = Words.of(AuditEvent.Verdict.class);
    private static final Words<AuditEvent.Outcome> OUTCOMES = Words.of(AuditEvent.Outcome.class);

    private final Sink sink;
    private final WholeLines lines;
    private volatile Second lastSecond = Second.of(Instant.EPOCH);

    private JsonLinesAuditSink(Sink sink, boolean torn) {
        this.sink = sink;
        this.lines = new WholeLines(sink, torn);
    }

    /** Where lines go. */
    private interface Sink extends JsonLine.Sink {
        void close() throws IOException;
    }

    /**
     * Appends to a file, which is made if it does not exist; its directory must.
     *
     * @throws IOException if it cannot be opened for appending
     */
    public static JsonLinesAuditSink appendingTo(Path file) throws IOException {
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                .close(); // says why it cannot be opened, which a stream does not
        boolean torn = endsWithinLine(file);
        return new JsonLinesAuditSink(new AppendedFile(new FileOutputStream(file.toFile(), true)), torn);
    }

    /** One that may be written and not read may as well. A pipe or a device has no end. */
    private static boolean endsWithinLine(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            long size = content.size();
            return size > 0 && (content.read(last, size - 1) != 1 || last.get(0) != '\n');
        } catch (IOException unreadable) {
            return true;
        }
    }

    /** Writes to a channel of the host's, which the host closes. */
    public static JsonLinesAuditSink writingTo(WritableByteChannel channel) {
        return new JsonLinesAuditSink(new HostChannel(channel), false);
    }

    /** A stream and no channel: a channel has one position, and so a lock. */
    private record AppendedFile(FileOutputStream file) implements Sink {
        @Override
        public void write(byte[] bytes, int length) throws IOException {
            file.write(bytes, 0, length);
        }

        @Override
        public void close() throws IOException {
            try (file) { // also where it cannot be brought to the disk
                if (file.getFD().valid()) {
                    file.getFD().sync();
                }
            }
        }
    }

    private record HostChannel(WritableByteChannel channel) implements Sink {
        @Override
        public synchronized void write(byte[] bytes, int length) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public CompletionStage<Void> record(AuditEvent event) {
        try {
            line(event).writeTo(lines);
            return CompletableFuture.completedFuture(null);
        } catch (IOException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    private JsonLine line(AuditEvent event) {
        JsonLine line = new JsonLine();
        line.put("time", time(event.time()));
        line.put("event", KINDS.of(event.kind()));
        line.put("id", event.correlationId());
        line.put("principal", cut(event.principal()));
        if (event.server() != null) {
            line.put("server", event.server());
        }
        line.put("direction", DIRECTIONS.of(event.direction()));
        line.put("method", cut(event.method()));
        if (event.target().kind() != Target.Kind.METHOD) {
            line.put(TARGETS.of(event.target().kind()), cut(event.target().name()));
        }
        line.put("verdict", VERDICTS.of(event.verdict()));
        line.put("reason", cut(event.reason()));
        line.put("session", event.session());
        putSize("requestBytes", event.requestBytes(), line);
        putOutcome(event, line);
        return line;
    }

    private static void putOutcome(AuditEvent event, JsonLine line) {
        AuditEvent.Outcome outcome = event.outcome();
        Duration duration = event.duration();
        Integer errorCode = event.errorCode();
        if (outcome != null && duration != null) {
            line.put("outcome", OUTCOMES.of(outcome));
            putSize("replyBytes", event.replyBytes(), line);
            line.put("durationMicros", duration.toNanos() / 1_000);
        }
        if (errorCode != null) {
            line.put("errorCode", errorCode);
        }
    }

    /** What never was bytes has no size. */
    private static void putSize(String name, int bytes, JsonLine line) {
        if (bytes >= 0) {
            line.put(name, bytes);
        }
    }

    /** How the constants of an enum are written: in lower case. */
    private static final class Words<E extends Enum<E>> {
        private final Map<E, String> words;

        private Words(Class<E> type) {
            this.words = new EnumMap<>(type);
            for (E constant : EnumSet.allOf(type)) {
                words.put(constant, constant.name().toLowerCase(Locale.ROOT));
            }
        }

        static <E extends Enum<E>> Words<E> of(Class<E> type) {
            return new Words<>(type);
        }

        String of(E constant) {
            return words.getOrDefault(constant, "");
        }
    }

    /** To the microsecond. Writing a time down takes longer than the rest of a line, so it is done once a second. */
    private String time(Instant time) {
        Second second = lastSecond;
        if (second.epoch() != time.getEpochSecond()) {
            second = Second.of(time);
            lastSecond = second;
        }
        String micros = Integer.toString(1_000_000 + time.getNano() / 1_000);
        return second.text() + '.' + micros.substring(1) + 'Z';
    }

    /** A second, and how it is written but for its fraction. */
    private record Second(long epoch, String text) {
        static Second of(Instant time) {
            String whole = time.truncatedTo(ChronoUnit.SECONDS).toString();
            return new Second(time.getEpochSecond(), whole.substring(0, whole.length() - 1));
        }
    }

    /** Never in the middle of a surrogate pair. */
    private static String cut(String text) {
        if (text.length() <= TEXT_MAX) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(TEXT_MAX - 1)) ? TEXT_MAX - 1 : TEXT_MAX;
        return text.substring(0, end) + "…";
    }

    @Override
    public void close() {
        try {
            sink.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("The audit file could not be closed cleanly", failed);
        }
    }
}
