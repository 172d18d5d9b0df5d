package io.mcpgate.stdio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a server is started as a child process. Immutable.
 *
 * <p>The words go to the program as they are: no shell sees them. The child gets only those environment variables that a
 * program needs to start ({@link #DEFAULT_NAMES}), those that are named here, and those whose value is given here;
 * whatever else this process knows, tokens above all, it does not hand down.
 *
 * <pre>{@code
 * StdioCommand.of("npx", "-y", "@modelcontextprotocol/server-filesystem", "/srv/data")
 *         .inheriting("HTTPS_PROXY")
 *         .withVariable("LOG_LEVEL", "warn");
 * }</pre>
 *
 * @param words the program and its arguments
 * @param inherited names of environment variables that are handed down, beside the default ones
 * @param variables environment variables with their values; they beat inherited ones
 * @param directory the working directory; {@code null} for that of this process
 * @param lineBytesMax the longest message that the server may send, in bytes; longer ones are skipped
 * @param grace how long the child has to end at each stage of its shutdown: after its stdin was closed, and after SIGTERM
 */
public record StdioCommand(
        List<String> words,
        Set<String> inherited,
        Map<String, String> variables,
        @Nullable Path directory,
        int lineBytesMax,
        Duration grace) {

    /** The environment variables that every child gets, where they are set. */
    public static final Set<String> DEFAULT_NAMES =
            Set.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SHELL", "TERM");

    /** The same for Windows, where hardly a program starts without them. */
    public static final Set<String> DEFAULT_NAMES_ON_WINDOWS = Set.of(
            "PATH",
            "PATHEXT",
            "SYSTEMROOT",
            "SYSTEMDRIVE",
            "WINDIR",
            "COMSPEC",
            "TEMP",
            "TMP",
            "HOMEDRIVE",
            "HOMEPATH",
            "USERNAME",
            "USERPROFILE",
            "APPDATA",
            "LOCALAPPDATA",
            "PROGRAMDATA",
            "PROGRAMFILES",
            "PROCESSOR_ARCHITECTURE");

    private static final int LINE_BYTES_MAX = 16 << 20;
    private static final Duration GRACE = Duration.ofSeconds(2);

    /**
     * Checks what can be checked without looking at the file system.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public StdioCommand {
        words = List.copyOf(words);
        inherited = Set.copyOf(inherited);
        variables = Map.copyOf(variables);
        require(!words.isEmpty() && !words.get(0).isBlank(), "A command begins with the program to start");
        require(words.stream().noneMatch(StdioCommand::hasNul), "A command holds no NUL character");
        require(
                inherited.stream().allMatch(StdioCommand::isName)
                        && variables.keySet().stream().allMatch(StdioCommand::isName),
                "The name of an environment variable is not empty and holds neither = nor NUL");
        require(
                variables.values().stream().noneMatch(StdioCommand::hasNul),
                "The value of an environment variable holds no NUL character");
        require(lineBytesMax >= 1_024, "A server needs lines of at least 1,024 bytes to say anything");
        require(!grace.isNegative(), "The time that a child has to end is not negative");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.indexOf('=') < 0 && !hasNul(name);
    }

    /** A program and its arguments; lines of 16 MiB, 2 s at each stage of the shutdown. */
    public static StdioCommand of(List<String> words) {
        return new StdioCommand(words, Set.of(), Map.of(), null, LINE_BYTES_MAX, GRACE);
    }

    /** A program and its arguments; lines of 16 MiB, 2 s at each stage of the shutdown. */
    public static StdioCommand of(String... words) {
        return of(List.of(words));
    }

    /** This command with further environment variables handed down: exact names, no patterns. */
    public StdioCommand inheriting(String... names) {
        Set<String> all = new LinkedHashSet<>(inherited);
        all.addAll(List.of(names));
        return new StdioCommand(words, all, variables, directory, lineBytesMax, grace);
    }

    /** This command with another environment variable. */
    public StdioCommand withVariable(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put(name, value);
        return new StdioCommand(words, inherited, all, directory, lineBytesMax, grace);
    }

    /** This command in another working directory. */
    public StdioCommand withDirectory(Path changed) {
        return new StdioCommand(words, inherited, variables, changed, lineBytesMax, grace);
    }

    /** This command with another bound for the server's messages. */
    public StdioCommand withLineBytesMax(int bytes) {
        return new StdioCommand(words, inherited, variables, directory, bytes, grace);
    }

    /** This command with more or less time to end. */
    public StdioCommand withGrace(Duration eachStage) {
        return new StdioCommand(words, inherited, variables, directory, lineBytesMax, eachStage);
    }

    /** The program without its path: what may be told. Arguments may be secrets. */
    public String program() {
        String word = words.get(0);
        return word.substring(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
    }

    /** The child's environment, and nothing else is in it. */
    Map<String, String> environment(Function<String, @Nullable String> own, boolean windows) {
        Set<String> names = new LinkedHashSet<>(windows ? DEFAULT_NAMES_ON_WINDOWS : DEFAULT_NAMES);
        names.addAll(inherited);
        Map<String, String> environment = new LinkedHashMap<>();
        for (String name : names) {
            // A value that begins like this is a function that an old bash exported; others run what stands behind it.
            Optional.ofNullable(own.apply(name))
                    .filter(value -> !value.startsWith("()"))
                    .ifPresent(value -> environment.put(name, value));
        }
        environment.putAll(variables);
        return environment;
    }

    /** The program only: arguments and variables may be secrets. */
    @Override
    public String toString() {
        return "StdioCommand[" + program() + ", " + (words.size() - 1) + " arguments]";
    }
}
