package io.mcpgate.stdio;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.ConnectionLost;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation with one child process. It owns three threads, one for each pipe, and for a moment a fourth that ends
 * the child.
 *
 * <p>It is over when the child has ended, when it has closed its stdout, or when {@link #close()} is called, whatever comes
 * first; then calls in flight fail at once and whatever the child has started is ended with it.
 */
final class StdioConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(StdioConnection.class);
    private static final AttributeKey<Delivery> DELIVERY = AttributeKey.of("stdio delivery", Delivery.class);
    private static final Reply.Failure MALFORMED =
            Reply.Failure.of(ErrorCode.BAD_UPSTREAM, "The server's answer is no MCP: it is malformed");
    private static final int WAITING_LINES_MAX = 1_024;

    /** What a dead child has still said is in the pipe; only if a grandchild holds that open is its end not in sight. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private static final long LOOK_PERIOD_NANOS = 1_000_000_000L;

    private final String server;
    private final Process process;
    private final ProcessTree tree;
    private final Duration grace;
    private final JsonReader reader;
    private final LineReader lines;
    private final LineWriter writer;
    private final Stderr stderr;
    private final Duplex duplex;
    private final Thread stdoutThread;
    private final Thread stderrThread;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long lookedNanos = System.nanoTime() - LOOK_PERIOD_NANOS; // of the thread of stdout

    StdioConnection(
            String server, Launch.Started child, StdioCommand command, JsonReader reader, Duplex.Origin origin) {
        this.server = server;
        this.process = child.process();
        this.tree = child.tree();
        this.grace = command.grace();
        this.reader = reader;
        this.lines = new LineReader(process.getInputStream(), command.lineBytesMax());
        OutputStream stdin = process.getOutputStream();
        this.writer = new LineWriter(
                stdin, WAITING_LINES_MAX, command.lineBytesMax(), server + "-stdin", () -> closeQuietly(stdin));
        this.stderr = new Stderr(server, process.getErrorStream(), LOG, System::nanoTime);
        this.duplex = new Duplex(this::put, origin);
        this.stdoutThread = Threads.daemon(server + "-stdout", this::read);
        this.stderrThread = Threads.daemon(server + "-stderr", stderr::drain);
    }

    void start() {
        try {
            writer.start();
            stdoutThread.start();
            stderrThread.start();
        } catch (OutOfMemoryError noMoreThreads) { // then there is none to end the child either
            process.toHandle().destroyForcibly();
            throw noMoreThreads;
        }
        process.onExit().thenRun(() -> end(this::exited));
    }

    /** What became of the bytes of one call. */
    private static final class Delivery {
        private volatile LineWriter.@Nullable Refused refused;
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        if (!isOpen()) {
            return CompletableFuture.failedFuture(new ConnectionLost("its process has ended"));
        }
        Delivery delivery = new Delivery();
        return duplex.send(call.with(DELIVERY, delivery)).thenCompose(reply -> settled(reply, delivery));
    }

    /** A line that the pipe did not take up to its end is one that the server has certainly not begun to work on. */
    private static CompletionStage<Reply> settled(Reply reply, Delivery delivery) {
        LineWriter.Refused refused = delivery.refused;
        if (refused == null || !(reply instanceof Reply.Failure failure) || !failure.is(ErrorCode.UNAVAILABLE)) {
            return CompletableFuture.completedFuture(reply);
        }
        return refused.isFull()
                ? CompletableFuture.completedFuture(
                        Reply.failure(ErrorCode.UNAVAILABLE, "The server does not read what it is sent"))
                : CompletableFuture.failedFuture(new ConnectionLost("its process has ended"));
    }

    private CompletionStage<Void> put(Frame frame, Call call) {
        return writer.write(frame.toLine()).whenComplete((written, error) -> {
            if (error instanceof LineWriter.Refused refused) {
                call.attribute(DELIVERY).ifPresent(delivery -> delivery.refused = refused);
            }
        });
    }

    @Override
    public boolean isOpen() {
        return !ending.get();
    }

    /** How many lines of stdout were no message. */
    long skippedLines() {
        return skipped.get();
    }

    /** The child's process, for tests. */
    Process process() {
        return process;
    }

    private void read() {
        try {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                receive(line);
                if (!tree.hasOwnSession()) {
                    lookNowAndThen();
                }
            }
        } catch (IOException closed) {
            LOG.debug("Server \"{}\": its stdout broke off", server);
        } finally {
            end(this::silent);
        }
    }

    /** Where orphans cannot be found later, they must have been seen before; each look costs about a millisecond. */
    private void lookNowAndThen() {
        if (System.nanoTime() - lookedNanos > LOOK_PERIOD_NANOS) {
            tree.look();
            lookedNanos = System.nanoTime();
        }
    }

    private void receive(Line line) {
        try {
            if (line.isWhole()) {
                take(line);
            } else {
                skip("a line over the limit");
                failTooLarge(line);
            }
        } catch (RuntimeException unhandled) { // one message must not silence the others
            if (broken.getAndIncrement() == 0) {
                LOG.error("Server \"{}\": a message of it could not be handled; the first is told", server, unhandled);
            }
        }
    }

    private void take(Line line) {
        try {
            duplex.receive(reader.read(line.bytes()), null);
        } catch (MalformedMessage noise) {
            skip(line.isBlank() ? "a blank line" : "a line that is no MCP message");
            // The one call whose answer it was, if it was one, need not wait for its deadline.
            noise.answered().ifPresent(id -> duplex.outgoing().fail(id, MALFORMED));
        }
    }

    private void skip(String what) {
        if (skipped.getAndIncrement() == 0) {
            LOG.warn("Server \"{}\" wrote {} to its stdout; it is skipped, and so are further ones", server, what);
        }
    }

    /** The one call whose answer was too long need not wait for its deadline, if it can be told. */
    private void failTooLarge(Line line) {
        RequestId id = line.seemsRequest() ? null : line.id().orElse(null);
        if (id != null) {
            byte[] data = ("{\"reason\":\"" + ErrorCode.TOO_LARGE.reason() + "\"}").getBytes(StandardCharsets.UTF_8);
            duplex.receive(
                    new Envelope.Failed(
                            id,
                            ErrorCode.TOO_LARGE.code(),
                            "The server's answer is longer than the gateway takes",
                            reader.ours(data)),
                    null);
        }
    }

    @Override
    public void close() {
        end(() -> lost("The connection to the server \"" + server + "\" was closed"));
    }

    /** Completes when nothing runs any more of what the child has started. */
    CompletionStage<Void> ended() {
        return ended;
    }

    private void end(Runnable why) {
        if (ending.compareAndSet(false, true)) {
            Threads.daemon(server + "-end", () -> endNow(why)).start();
        }
    }

    private void endNow(Runnable why) {
        try {
            why.run();
            tree.look();
            writer.discard(); // closes stdin, which asks the child to end
            List<ProcessHandle> survivors = new Shutdown(process, tree, grace).run();
            if (!survivors.isEmpty()) {
                LOG.error(
                        "Server \"{}\": {} processes of it survived SIGKILL, e.g. {}",
                        server,
                        survivors.size(),
                        survivors.get(0).pid());
            }
        } finally {
            ended.complete(null);
        }
    }

    /** The child has ended: what it said before comes first. */
    private void exited() {
        join(stdoutThread);
        died("ended with exit code " + process.exitValue());
    }

    /** The child has closed its stdout: most likely it has ended. */
    private void silent() {
        boolean exited = false;
        try {
            exited = process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        died(exited ? "ended with exit code " + process.exitValue() : "closed its stdout");
    }

    private void died(String how) {
        lost("The server \"" + server + "\" " + how);
        join(stderrThread);
        List<String> last = stderr.last();
        LOG.warn(
                "Server \"{}\" {}{}{}",
                server,
                how,
                last.isEmpty() ? "" : "; the last that it said on stderr: ",
                String.join(" | ", last));
    }

    private static void join(Thread thread) {
        try {
            thread.join(LAST_WORDS.toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines that wait are refused first, so that their calls count as not sent. */
    private void lost(String message) {
        writer.discard();
        duplex.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, message));
    }

    private static void closeQuietly(OutputStream stdin) {
        try {
            stdin.close();
        } catch (IOException brokenPipe) {
            LOG.debug("The pipe to a child was broken before it was closed");
        }
    }

    /** The server's name and whether it can be used. */
    @Override
    public String toString() {
        return "StdioConnection[" + server + (isOpen() ? "" : ", closed") + "]";
    }
}
