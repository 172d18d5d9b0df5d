package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files and sockets a process may have open. */
final class OpenFiles {
    private OpenFiles() {}

    /** The hard limit, up to which every JVM raises its own; very many where nothing tells it. */
    static long max() throws IOException {
        Path limits = Path.of("/proc/self/limits");
        if (!Files.exists(limits)) return Long.MAX_VALUE;
        return Files.readAllLines(limits).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split("\\s{2,}", -1)[2])
                .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
