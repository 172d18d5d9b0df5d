package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, asked by {@code jcmd}. */
final class Heap {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final Jdk jdk;
    private final long pid;

    Heap(Jdk jdk, long pid) {
        this.jdk = jdk;
        this.pid = pid;
    }

    /** Makes a full collection. */
    void collect() throws IOException {
        ask("GC.run");
    }

    /** The bytes of everything that is reachable: a histogram makes a full collection first. */
    long liveBytes() throws IOException {
        String said = ask("GC.class_histogram");
        Matcher total = TOTAL.matcher(said);
        if (!total.find()) throw new IllegalStateException("jcmd tells no total: " + said);
        return Long.parseLong(total.group(1));
    }

    private String ask(String command) throws IOException {
        Process jcmd = new ProcessBuilder(List.of(jdk.jcmd().toString(), Long.toString(pid), command))
                .redirectErrorStream(true)
                .start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
