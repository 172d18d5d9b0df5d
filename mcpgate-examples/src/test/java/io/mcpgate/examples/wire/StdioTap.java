package io.mcpgate.examples.wire;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command around another that keeps the lines of each process: {@code PID.in} is what it read, {@code PID.out} what it said. */
final class StdioTap {
    private StdioTap() {}

    static List<String> around(List<String> command, Path directory) {
        List<String> words = new ArrayList<>(
                List.of("sh", "-c", "d=\"$0/$$\"; tee \"$d.in\" | \"$@\" | tee \"$d.out\"", directory.toString()));
        words.addAll(command);
        return words;
    }
}
