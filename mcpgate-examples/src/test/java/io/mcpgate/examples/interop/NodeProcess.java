package io.mcpgate.examples.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process of {@link NodeFixtures} whose output is kept, up to a limit, and which ends with its whole tree.
 *
 * <p>Its standard input is open and empty until {@link #close()}.
 */
public final class NodeProcess implements AutoCloseable {
    /** Of the end of each of the two outputs, at least; at most twice that. */
    private static final int OUTPUT_BYTES_KEPT = 4 << 20;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern PORT = Pattern.compile("\\{\"port\":(\\d+)}\\R");

    private final Process process;
    private final Tail stdout;
    private final Tail stderr;
    private int taken; // characters of stdout, by awaitLine

    private NodeProcess(Process process) {
        this.process = process;
        this.stdout = new Tail(process.getInputStream(), "stdout of " + process.pid());
        this.stderr = new Tail(process.getErrorStream(), "stderr of " + process.pid());
    }

    static NodeProcess start(List<String> command, Map<String, String> environment, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        try {
            return new NodeProcess(builder.start());
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The port that an HTTP server printed on its first line; waits for it. */
    public int port() {
        return await(START_TIMEOUT, "told no port", text -> {
            Matcher line = PORT.matcher(text);
            return line.lookingAt() ? Optional.of(Integer.parseInt(line.group(1))) : Optional.empty();
        });
    }

    /**
     * The next line of its standard output that nobody has been given yet, without its end; waits for it. Of the first 8 MiB,
     * for one thread.
     */
    public String awaitLine(Duration timeout) {
        String line = await(timeout, "printed no further line", text -> {
            int end = text.indexOf('\n', taken);
            return end < 0 ? Optional.empty() : Optional.of(text.substring(taken, end));
        });
        taken += line.length() + 1;
        return line;
    }

    /** What is found in all that it has printed; waits for it. */
    private <T> T await(Duration timeout, String otherwise, Function<String, Optional<T>> found) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            boolean alive = process.isAlive(); // before looking: the last words count
            Optional<T> result = found.apply(stdout.text());
            if (result.isPresent()) return result.get();
            if (!alive) throw new AssertionError("It ended and " + otherwise + ".\n" + stdout() + stderr());
            if (System.nanoTime() > deadline)
                throw new AssertionError("It " + otherwise + " within " + timeout + ".\n" + stdout() + stderr());
            stdout.awaitMore(Duration.ofMillis(100));
        }
    }

    /** Where an HTTP server takes MCP messages; waits until it does. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port() + "/mcp");
    }

    /** The process itself, to ask or to hurt. */
    public Process process() {
        return process;
    }

    /** What it printed so far. */
    public String stdout() {
        return stdout.text();
    }

    /** What it complained of so far. */
    public String stderr() {
        return stderr.text();
    }

    /** Waits for the end, and for the last of its output. */
    public boolean awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) return false;
            stdout.awaitEnd(STOP_TIMEOUT);
            stderr.awaitEnd(STOP_TIMEOUT);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Of a process that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Closes its standard input, asks it and all that it started to end, and after five seconds insists. */
    @Override
    public void close() {
        List<ProcessHandle> tree = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // then there is nobody to tell
        }
        tree.forEach(ProcessHandle::destroy);
        if (!awaitAll(tree)) {
            tree.forEach(ProcessHandle::destroyForcibly);
            awaitAll(tree);
        }
    }

    private static boolean awaitAll(List<ProcessHandle> tree) {
        CompletableFuture<?>[] ends = tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reads a stream to its end, so that the process never blocks on it, and keeps the last of it. */
    private static final class Tail implements Runnable {
        private final InputStream in;
        private final Thread reader;
        private ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Tail(InputStream in, String name) {
            this.in = in;
            this.reader = new Thread(this, name);
            reader.setDaemon(true);
            reader.start();
        }

        @Override
        public void run() {
            byte[] buffer = new byte[8192];
            try (in) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) append(buffer, read);
            } catch (IOException gone) {
                // the process was ended
            }
        }

        private synchronized void append(byte[] more, int length) {
            kept.write(more, 0, length);
            if (kept.size() > 2 * OUTPUT_BYTES_KEPT) {
                byte[] all = kept.toByteArray();
                kept = new ByteArrayOutputStream();
                kept.write(all, all.length - OUTPUT_BYTES_KEPT, OUTPUT_BYTES_KEPT);
            }
            notifyAll();
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }

        synchronized void awaitMore(Duration timeout) {
            try {
                wait(timeout.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting for output.", interrupted);
            }
        }

        void awaitEnd(Duration timeout) throws InterruptedException {
            reader.join(timeout.toMillis());
        }
    }
}
