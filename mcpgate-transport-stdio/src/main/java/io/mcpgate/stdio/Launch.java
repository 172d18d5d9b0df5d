package io.mcpgate.stdio;

import io.mcpgate.core.route.UpstreamException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a command: without a shell, with a clear word about what is missing, and on Linux in a session of its own.
 *
 * <p>The session is how a grandchild is found after its parent has died: the kernel hands an orphan to another parent, but
 * leaves it in its session. {@code setsid} (util-linux or busybox) makes the session and then becomes the program, under
 * the same process id. It also keeps a Ctrl-C in the host's terminal from the children, which the gateway ends itself.
 * Where there is no {@code setsid}, {@link ProcessTree} has to remember descendants that it has seen.
 */
final class Launch {
    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);
    private static final boolean WINDOWS = File.separatorChar == '\\';
    private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";

    private final @Nullable Path setsid;

    private Launch(@Nullable Path setsid) {
        this.setsid = setsid;
    }

    /** Starts children in sessions of their own where the system can. */
    static Launch inOwnSession() {
        boolean linux = Files.isReadable(Path.of("/proc/self/stat"));
        return new Launch(linux ? search("setsid", USUAL_PATH).orElse(null) : null);
    }

    /** Starts children like on a system without {@code setsid}. */
    static Launch plain() {
        return new Launch(null);
    }

    /** A child that has been started, and the processes that belong to it. */
    record Started(Process process, ProcessTree tree) {}

    /** Starts the command; fails with a message that may be shown to callers. */
    Started start(StdioCommand command) {
        Map<String, String> environment = command.environment(System::getenv, WINDOWS);
        List<String> words = new ArrayList<>(command.words());
        Path directory = command.directory();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new UpstreamException("it could not be started: its working directory does not exist");
        }
        if (!WINDOWS) {
            words.set(0, program(command, environment).toString());
        }
        if (setsid != null) {
            words.add(0, setsid.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        try {
            Process process = builder.start();
            return new Started(process, new ProcessTree(process.toHandle(), setsid != null));
        } catch (IOException failed) {
            LOG.warn("The program {} could not be started: {}", command.program(), failed.getMessage());
            throw new UpstreamException(
                    "it could not be started: the system refused to run \"" + command.program() + "\"", failed);
        }
    }

    /** The program's file: behind {@code setsid} a missing one would look like a server that dies at once. */
    private static Path program(StdioCommand command, Map<String, String> environment) {
        String word = command.words().get(0);
        Path directory = command.directory();
        if (word.indexOf('/') < 0) {
            return search(word, environment.getOrDefault("PATH", USUAL_PATH))
                    .orElseThrow(() -> new UpstreamException(
                            "it could not be started: the command \"" + word + "\" was not found on the PATH"));
        }
        Path file = (directory == null ? Path.of("") : directory).resolve(word).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new UpstreamException(
                    "it could not be started: the program \"" + command.program() + "\" does not exist");
        }
        if (!Files.isExecutable(file)) {
            throw new UpstreamException("it could not be started: \"" + command.program() + "\" is not executable");
        }
        return file;
    }

    private static Optional<Path> search(String word, String searchPath) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(searchPath)
                .filter(folder -> folder.startsWith("/")) // a relative entry would depend on who starts what from where
                .map(folder -> Path.of(folder, word))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
