package io.mcpgate.examples.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One process that the harness has started, and ends with all that it has started itself. */
final class Running implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(5);

    private final String name;
    private final Process process;
    private final Path errors;
    private final BufferedReader out;
    private final BufferedWriter in;

    Running(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    long pid() {
        return process.pid();
    }

    ProcessFigures figures() {
        return new ProcessFigures(process.toHandle());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The next line that it prints. */
    String readLine() {
        try {
            String line = out.readLine();
            if (line == null) throw failed("has ended");
            return line;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    void writeLine(String line) {
        try {
            in.write(line);
            in.write('\n');
            in.flush();
        } catch (IOException gone) {
            throw failed("does not read");
        }
    }

    /** The first group of the pattern on standard error; waits for it. */
    String awaitError(Pattern pattern) {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            boolean alive = process.isAlive(); // before looking: the last words count
            Matcher found = pattern.matcher(errors());
            if (found.find()) return found.group(1);
            if (!alive || System.nanoTime() > deadline) throw failed("has not said " + pattern);
            pause();
        }
    }

    /** A moment, in which something else can happen. */
    static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The run was interrupted", interrupted);
        }
    }

    private String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    IllegalStateException failed(String what) {
        String said = errors();
        return new IllegalStateException(name + " (" + process.pid() + ") " + what + ". It said: "
                + said.substring(Math.max(0, said.length() - 2_000)));
    }

    /** Closes its standard input and waits for it to end by itself. */
    void awaitEnd() {
        closeInput();
        await(List.of(process.toHandle()));
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // then there is nobody to tell
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> tree = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        closeInput();
        process.toHandle().destroy();
        if (!await(tree)) {
            tree.forEach(ProcessHandle::destroyForcibly);
            await(tree);
        }
    }

    private static boolean await(List<ProcessHandle> tree) {
        long deadline = System.nanoTime() + END.toNanos();
        try {
            for (ProcessHandle each : tree) {
                long left = Math.max(1, deadline - System.nanoTime());
                each.onExit().get(left, TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        }
    }
}
