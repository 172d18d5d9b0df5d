package io.mcpgate.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder below {@code src/test} with a package.json and its lock, installed into the folder of the same name below {@code
 * target}: once per build, although several JVMs may ask at the same time.
 */
final class NodeInstallation {
    private static final int NODE_MAJOR_MIN = 20;
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String folder;
    private Installed installed;
    private Unavailable unavailable;

    NodeInstallation(String folder) {
        this.folder = folder;
    }

    private record Installed(Path node, Path directory) {}

    /** There is no Node to test with, through no fault of this project. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }
    }

    /**
     * Installs what is missing.
     *
     * @throws Unavailable if Node or npm is missing, or if nothing can be downloaded
     */
    private synchronized Installed installed() {
        if (unavailable != null) throw unavailable;
        if (installed != null) return installed;
        try {
            installed = install(folder);
            return installed;
        } catch (Unavailable reason) {
            unavailable = reason; // the next test class need not wait for the same
            throw reason;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /**
     * Where the packages are, and the copied scripts; installs what is missing.
     *
     * @throws Unavailable if Node or npm is missing, or if nothing can be downloaded
     */
    Path directory() {
        return installed().directory();
    }

    private Path node() {
        return installed().node();
    }

    /** The command that runs one of the copied scripts. */
    List<String> script(String name, String... arguments) {
        return command(node(), directory().resolve(name), arguments);
    }

    /** What npm would start for that package, without the shell script in between that Windows needs. */
    List<String> bin(String packageName, String... arguments) {
        return command(node(), entry(packageName), arguments);
    }

    /**
     * The same, with a Node that is new enough: the machine's own, or the one that was installed as a package.
     *
     * @throws Unavailable if there is neither
     */
    List<String> bin(int nodeMajorMin, String packageName, String... arguments) {
        Path newer = Stream.concat(Stream.of(node()), packagedNodes())
                .filter(each -> major(versionOf(each)) >= nodeMajorMin)
                .findFirst()
                .orElseThrow(() -> new Unavailable("There is no Node " + nodeMajorMin + " or newer for " + packageName
                        + ", neither on the PATH nor as a package for this machine."));
        return command(newer, entry(packageName), arguments);
    }

    /** npm installs only the one for this machine, if any. */
    private Stream<Path> packagedNodes() {
        try (Stream<Path> packages = Files.list(directory().resolve("node_modules"))) {
            return packages
                    .filter(each -> each.getFileName().toString().startsWith("node-"))
                    .flatMap(each -> Stream.of(each.resolve("bin/node"), each.resolve("bin/node.exe")))
                    .filter(Files::isExecutable)
                    .toList()
                    .stream();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Path entry(String packageName) {
        Path home = directory().resolve("node_modules").resolve(packageName);
        try {
            JsonNode bin = JSON.readTree(home.resolve("package.json").toFile()).path("bin");
            return home.resolve((bin.isTextual() ? bin : bin.elements().next()).asText())
                    .normalize();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static List<String> command(Path node, Path script, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(node.toString());
        command.add(script.toString());
        command.addAll(Arrays.asList(arguments));
        return List.copyOf(command);
    }

    private static Installed install(String folder) throws IOException {
        Path node = program("node", ".exe");
        Path npm = program("npm", ".cmd");
        String version = versionOf(node);
        if (major(version) < NODE_MAJOR_MIN)
            throw new Unavailable(node + " is " + version + "; the tests need " + NODE_MAJOR_MIN + " or newer.");
        Path module = moduleDirectory();
        Path source = module.resolve("src/test").resolve(folder);
        Path target = Files.createDirectories(module.resolve("target").resolve(folder));
        try (FileChannel channel = FileChannel.open(
                module.resolve("target/" + folder + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            String wanted = version + " " + digest(source.resolve("package.json"), source.resolve("package-lock.json"));
            Path stamp = target.resolve(".installed");
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
                Files.deleteIfExists(stamp);
                copy(source, target);
                npmCi(npm, target);
                Files.writeString(stamp, wanted);
            } else {
                copy(source, target);
            }
        }
        return new Installed(node, target);
    }

    /** Only what has changed, and whole files: another JVM may be starting one of them. */
    private static void copy(Path source, Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(source)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path copy = target.resolve(file.getFileName());
            if (Files.exists(copy) && Files.mismatch(file, copy) == -1) continue;
            Path whole = Files.createTempFile(target, "copy", null);
            Files.copy(file, whole, StandardCopyOption.REPLACE_EXISTING);
            Files.move(whole, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void npmCi(Path npm, Path directory) {
        List<String> command = List.of(
                npm.toString(),
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefer-offline",
                "--loglevel=error");
        try (NodeProcess process = NodeProcess.start(command, Map.of(), directory)) {
            if (!process.awaitExit(INSTALL_TIMEOUT))
                throw new Unavailable("npm ci took longer than " + INSTALL_TIMEOUT + ".");
            if (process.exitCode() == 0) return;
            String said = process.stderr() + process.stdout();
            // package.json and its lock disagree, or a package is not what it was: that is no reason to skip.
            if (said.contains("EUSAGE") || said.contains("EINTEGRITY"))
                throw new AssertionError("npm ci failed:\n" + said);
            throw new Unavailable("npm ci failed, so there is no Node software to test against:\n" + said);
        }
    }

    private static Path program(String name, String windowsSuffix) {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isBlank())
                .map(directory -> Path.of(directory, windows ? name + windowsSuffix : name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new Unavailable("There is no " + name + " on the PATH. Install Node "
                        + NODE_MAJOR_MIN + " or newer to run the tests against real MCP software."));
    }

    private static String versionOf(Path node) {
        try (NodeProcess process = NodeProcess.start(List.of(node.toString(), "--version"), Map.of(), Path.of("."))) {
            if (!process.awaitExit(Duration.ofSeconds(30)) || process.exitCode() != 0) {
                throw new Unavailable(node + " does not tell its version: " + process.stderr());
            }
            return process.stdout().strip();
        }
    }

    private static int major(String version) {
        return Integer.parseInt(version.replaceFirst("^v(\\d+).*$", "$1"));
    }

    /** Maven tells it; elsewhere it is the working directory or below. */
    static Path moduleDirectory() {
        return Stream.of(System.getProperty("basedir", "."), ".", "mcpgate-examples")
                .map(directory -> Path.of(directory).toAbsolutePath().normalize())
                .filter(directory -> Files.exists(directory.resolve("src/test/node/package.json")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Run the tests in mcpgate-examples or its parent."));
    }

    private static String digest(Path... files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) digest.update(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
