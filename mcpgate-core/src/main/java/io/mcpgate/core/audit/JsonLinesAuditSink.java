package io.mcpgate.core.audit;

import io.mcpgate.Payload;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One JSON object a line, appended to a file or channel.
 *
 * <p>A record is kept when the operating system has it: it survives the death of this process, but not the loss of
 * power. The write happens on the calling thread, into the page cache; lines are never torn, because each is one write
 * under a lock. Text of clients and servers is cut at {@value #TEXT_MAX} characters and cannot break a line.
 */
public final class JsonLinesAuditSink implements AuditSink {
    private static final int TEXT_MAX = 1_024;

    private final WritableByteChannel channel;
    private final boolean closeChannel;

    private JsonLinesAuditSink(WritableByteChannel channel, boolean closeChannel) {
        this.channel = channel;
        this.closeChannel = closeChannel;
    }

    /**
     * Appends to a file, which is made if it does not exist; its directory must.
     *
     * @throws IOException if it cannot be opened for appending
     */
    public static JsonLinesAuditSink appendingTo(Path file) throws IOException {
        return new JsonLinesAuditSink(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                true);
    }

    /** Writes to a channel of the host's, which the host closes. */
    public static JsonLinesAuditSink writingTo(WritableByteChannel channel) {
        return new JsonLinesAuditSink(channel, false);
    }

    @Override
    public CompletionStage<Void> record(AuditEvent event) {
        ByteBuffer json = Payload.of(members(event)).json();
        ByteBuffer line = ByteBuffer.allocate(json.remaining() + 1)
                .put(json)
                .put((byte) '\n')
                .flip();
        try {
            write(line);
            return CompletableFuture.completedFuture(null);
        } catch (IOException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    private synchronized void write(ByteBuffer line) throws IOException {
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    private static Map<String, Object> members(AuditEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", event.time().toString());
        line.put("event", lower(event.kind()));
        line.put("id", event.correlationId());
        line.put("principal", cut(event.principal()));
        if (event.server() != null) {
            line.put("server", event.server());
        }
        line.put("direction", lower(event.direction()));
        line.put("method", cut(event.method()));
        if (event.target().kind() != Target.Kind.METHOD) {
            line.put(lower(event.target().kind()), cut(event.target().name()));
        }
        line.put("verdict", lower(event.verdict()));
        line.put("reason", cut(event.reason()));
        line.put("session", event.session());
        putSize(line, "requestBytes", event.requestBytes());
        outcome(event, line);
        return line;
    }

    private static void outcome(AuditEvent event, Map<String, Object> line) {
        AuditEvent.Outcome outcome = event.outcome();
        Duration duration = event.duration();
        Integer errorCode = event.errorCode();
        if (outcome != null && duration != null) {
            line.put("outcome", lower(outcome));
            putSize(line, "replyBytes", event.replyBytes());
            line.put("durationMicros", duration.toNanos() / 1_000);
        }
        if (errorCode != null) {
            line.put("errorCode", errorCode);
        }
    }

    /** What never was bytes has no size. */
    private static void putSize(Map<String, Object> line, String name, int bytes) {
        if (bytes >= 0) {
            line.put(name, bytes);
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
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
    public synchronized void close() {
        if (closeChannel) {
            try {
                if (channel instanceof FileChannel file && file.isOpen()) {
                    file.force(true);
                }
                channel.close();
            } catch (IOException failed) {
                throw new UncheckedIOException("The audit file could not be closed cleanly", failed);
            }
        }
    }
}
