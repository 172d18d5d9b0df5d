package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that a run has started, in a folder of its own. They end with it, whatever happens: at {@link #close}, or when this JVM
 * is told to end.
 */
final class Processes implements AutoCloseable {
    private final Path folder;
    private final Path java;
    private final List<String> jvm;
    private final List<Running> started = new ArrayList<>(); // guarded by this
    private final Thread hook = new Thread(this::end, "end-processes");
    private int names; // guarded by this

    /** In a new folder below that one; {@code jvm} are further options of every JVM. */
    Processes(Path parent, List<String> jvm) throws IOException {
        this.jvm = jvm;
        folder = Files.createTempDirectory(Files.createDirectories(parent), "run");
        java = javaOf(Path.of(System.getProperty("java.home")));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Path javaOf(Path home) {
        return home.resolve("bin").resolve("java");
    }

    /** Where their files are. */
    Path folder() {
        return folder;
    }

    /** A folder in it that nobody else uses. */
    synchronized Path newFolder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name + "-" + ++names));
    }

    /** One of the harness's own programs, on its own class path and JDK. */
    Running program(Class<?> main, String... arguments) throws IOException {
        return start(main.getSimpleName(), programCommand(main, arguments), Map.of());
    }

    /** The command of such a program. It is small, and shall be warm at once. */
    List<String> programCommand(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("-XX:+UseSerialGC", "-Xmx1g", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return jvm(java, command);
    }

    /** The command of a JVM of the given JDK, whose words are those. */
    List<String> jvm(Path java, List<String> words) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(jvm);
        command.addAll(words);
        return command;
    }

    /** Any program; what it says on standard error goes to a file. */
    synchronized Running start(String name, List<String> command, Map<String, String> environment) throws IOException {
        Path errors = folder.resolve(name.replace(' ', '-') + "-" + ++names + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Running running = new Running(name, builder.start(), errors);
        started.add(running);
        return running;
    }

    private synchronized void end() {
        started.parallelStream().forEach(Running::close); // each may take some seconds
        started.clear();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // then the hook finds nothing to do
        }
    }
}
