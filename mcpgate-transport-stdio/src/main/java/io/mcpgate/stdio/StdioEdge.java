package io.mcpgate.stdio;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.wrap.ClientEdge;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the one client at the other end of a pair of pipes, most often this process's own stdin and stdout (MCP,
 * "stdio").
 *
 * <pre>{@code
 * OutputStream stdout = new FileOutputStream(FileDescriptor.out); // System.out would hide that its pipe has broken
 * StdioEdge.serve(gateway, "files", Principal.of("desktop", "user"), System.in, stdout);
 * }</pre>
 *
 * <p>Who can write to a process's stdin has started it, so the pipe itself vouches for the client, and the host says which
 * principal that is. Nothing else may write to {@code out}: a host that serves stdout sends its log to stderr.
 *
 * <p>Reading never waits for a call. What is no message is recorded and answered with an error, and reading goes on.
 */
public final class StdioEdge {
    private static final Logger LOG = LoggerFactory.getLogger(StdioEdge.class);
    private static final int WAITING_LINES_MAX = 4_096;
    private static final long WAITING_BYTES_MIN = 64L << 20;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final JsonReader reader;
    private final LineReader lines;
    private final LineWriter writer;
    private final ClientEdge client;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Object turn = new Object();

    private StdioEdge(Gate gate, @Nullable String server, Principal principal, InputStream in, OutputStream out) {
        this.reader = gate.reader();
        int messageBytes = reader.limits().messageBytes();
        this.lines = new LineReader(in, messageBytes);
        this.writer = new LineWriter(
                new BufferedOutputStream(out),
                WAITING_LINES_MAX,
                Math.max(WAITING_BYTES_MIN, 4L * messageBytes),
                "edge-out",
                () -> {});
        this.client = ClientEdge.open(gate, server, principal, this::put);
    }

    /**
     * Serves the client until the end of its input; then what is in flight is cancelled and the session ends. Also ends
     * when {@code out} breaks, when the client does not read what it is sent, and when the calling thread is interrupted.
     * Blocks until then; closes neither stream.
     *
     * @param gate the gateway
     * @param server the governed server to serve; {@code null} for the merged catalog of all of them
     * @param principal who the client is
     * @param in what the client writes
     * @param out what the client reads
     * @throws IllegalArgumentException if there is no such server
     */
    public static void serve(
            Gate gate, @Nullable String server, Principal principal, InputStream in, OutputStream out) {
        new StdioEdge(gate, server, principal, in, out).serve();
    }

    private void serve() {
        writer.start();
        writer.ended().thenRun(() -> over.complete(null));
        Threads.daemon("edge-in", this::read).start(); // not here: a blocked read could not be interrupted
        boolean interrupted = false;
        try {
            over.get();
        } catch (InterruptedException asked) {
            interrupted = true;
            over.complete(null);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            end();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        synchronized (turn) { // behind the line that is being handled, so that no call is made for an ended session
            client.close();
        }
        try {
            writer.finish(LAST_WORDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                synchronized (turn) {
                    if (over.isDone()) {
                        return;
                    }
                    receive(line);
                }
            }
        } catch (IOException broken) {
            LOG.debug("The client's end of the pipe broke off");
        } finally {
            over.complete(null);
        }
    }

    private void receive(Line line) {
        if (line.isBlank()) {
            return;
        }
        if (!line.isWhole()) {
            RequestId id = line.seemsRequest() ? line.id().orElse(null) : null;
            refuse(id, Reply.Failure.of(ErrorCode.TOO_LARGE, "The message is larger than the gateway takes"));
            return;
        }
        try {
            client.receive(reader.read(line.bytes()));
        } catch (MalformedMessage malformed) {
            refuse(malformed.id().orElse(null), malformed.toFailure());
        }
    }

    /** The answer waits for the record. Reading does not, so a client that sends too much of that kind is cut off. */
    private void refuse(@Nullable RequestId id, Reply.Failure why) {
        client.refused(why.message()).whenComplete((recorded, error) -> {
            if (error == null) {
                answer(Frame.error(id, why));
            } else if (over.complete(null)) {
                LOG.warn("The client sends what is no message faster than that can be recorded; its session is ended");
            }
        });
    }

    private CompletionStage<Void> put(Frame frame, Call call) {
        if (frame.isListChanged()) {
            return writer.writeOnce(frame.toLine());
        }
        // A message of ours to the client may be refused: its sender learns of it. A response may not get lost.
        return frame.message() instanceof Envelope.Request ? writer.write(frame.toLine()) : answer(frame);
    }

    private CompletionStage<Void> answer(Frame response) {
        return writer.write(response.toLine()).whenComplete((written, error) -> {
            if (error instanceof LineWriter.Refused refused && refused.isFull() && over.complete(null)) {
                LOG.warn("The client does not read what it is sent; its session is ended");
            }
        });
    }
}
