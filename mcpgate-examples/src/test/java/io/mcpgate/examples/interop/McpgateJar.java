package io.mcpgate.examples.interop;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program as a process of its own. It is started dozens of times, each for a few calls, so it does without the second
 * compiler and the threads of the parallel collector, as {@code docs/wrap.md} advises.
 */
public final class McpgateJar {
    private McpgateJar() {}

    /** The command that runs it with these arguments. */
    public static List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                System.getProperty("mcpgate.jar")));
        command.addAll(List.of(args));
        return command;
    }
}
