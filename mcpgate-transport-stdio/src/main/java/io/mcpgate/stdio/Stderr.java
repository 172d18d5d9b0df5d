package io.mcpgate.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Empties a child's stderr, so that the child never blocks on it, and logs it: free text that means no error (MCP,
 * "stdio"). Long lines are cut, a flood is cut, and what could forge a line of the log or steer a terminal is removed.
 */
final class Stderr {
    /** How many of the last lines are kept for the log entry about the child's end. */
    static final int KEPT_LINES = 20;

    private static final int LINE_BYTES_MAX = 1_024;
    private static final int LINES_PER_PERIOD_MAX = 200;
    private static final long PERIOD_NANOS = 10_000_000_000L;

    private final String server;
    private final InputStream in;
    private final Logger log;
    private final LongSupplier nanoClock;
    private final Deque<String> last = new ArrayDeque<>(); // guarded by itself
    private long periodStart;
    private int inPeriod;
    private long withheld;

    Stderr(String server, InputStream in, Logger log, LongSupplier nanoClock) {
        this.server = server;
        this.in = in;
        this.log = log;
        this.nanoClock = nanoClock;
        this.periodStart = nanoClock.getAsLong();
    }

    /** Reads until the end. */
    void drain() {
        LineReader lines = new LineReader(in, LINE_BYTES_MAX);
        try {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                take(line);
            }
        } catch (IOException closed) {
            log.debug("Server \"{}\": its stderr broke off", server);
        }
        tellWithheld();
    }

    private void take(Line line) {
        String text = printable(new String(line.bytes(), StandardCharsets.UTF_8)) + (line.isWhole() ? "" : " …");
        synchronized (last) {
            if (last.size() == KEPT_LINES) {
                last.removeFirst();
            }
            last.addLast(text);
        }
        if (nanoClock.getAsLong() - periodStart > PERIOD_NANOS) {
            tellWithheld();
            periodStart = nanoClock.getAsLong();
            inPeriod = 0;
        }
        if (++inPeriod > LINES_PER_PERIOD_MAX) {
            withheld++;
        } else {
            log.info("Server \"{}\" says on stderr: {}", server, text);
        }
    }

    private void tellWithheld() {
        if (withheld > 0) {
            log.info("Server \"{}\" says on stderr: … and {} more lines that are not logged", server, withheld);
            withheld = 0;
        }
    }

    /** Without control characters, line separators, and what reorders or hides text. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().filter(Stderr::isPrintable).forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c == '\t';
            case Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The last lines, oldest first. */
    List<String> last() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }
}
