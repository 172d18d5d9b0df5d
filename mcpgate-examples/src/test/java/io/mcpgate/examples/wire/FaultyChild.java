package io.mcpgate.examples.wire;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.tap.Json;
import io.mcpgate.examples.wire.FaultyServer.Era;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link FaultyServer} as a program of its own, over stdio. */
public final class FaultyChild {
    private FaultyChild() {}

    /** Answers until the end of stdin. */
    public static void main(String[] args) throws IOException {
        PrintStream stdout = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        FaultyServer server = new FaultyServer(Era.valueOf(args[0]));
        FaultyServer.Session session = new FaultyServer.Session();
        FaultyServer.Out out = new FaultyServer.Out() {
            @Override
            public synchronized void send(String message) {
                stdout.print(message + "\n");
                stdout.flush();
            }

            @Override
            public synchronized void raw(String text) {
                stdout.print(text);
                stdout.flush();
            }

            @Override
            public void die() {
                Runtime.getRuntime().halt(3);
            }
        };
        session.general = out;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                server.receive(Json.read(line), session, out);
            }
        }
    }

    /** The command that starts it, as YAML and JSON write it. */
    static String yaml(Era era) {
        return GateFixture.list(Stream.concat(QuickStart.COMMAND.stream(), Stream.of(era.name()))
                .toList());
    }

    /**
     * Starting is nearly all that these children do, and hundreds are started: their classes come from an archive, which wants
     * jars on the class path.
     */
    private static final class QuickStart {
        private static final Path FOLDER = Path.of("target", "faulty-child").toAbsolutePath();
        private static final List<String> COMMAND = made();

        private static List<String> made() {
            try {
                Files.createDirectories(FOLDER);
                Path archive = Files.createTempFile(FOLDER, "classes", ".jsa");
                Files.delete(archive);
                String jars = Stream.of(ObjectMapper.class, JsonFactory.class, JsonFormat.class)
                        .map(QuickStart::whereIs)
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator, jar() + File.pathSeparator, ""));
                Process first = new ProcessBuilder(
                                command("-XX:ArchiveClassesAtExit=" + archive, jars, Era.LEGACY.name()))
                        .redirectErrorStream(true)
                        .start();
                try (OutputStream stdin = first.getOutputStream()) {
                    stdin.write("{\"id\":1,\"method\":\"tools/list\"}\n".getBytes(StandardCharsets.UTF_8));
                }
                String said = new String(first.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!Files.exists(archive)) {
                    throw new IllegalStateException("There is no archive of classes: " + said);
                }
                return command("-XX:SharedArchiveFile=" + archive, jars);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private static List<String> command(String archive, String classPath, String... args) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx256m",
                    archive,
                    "-cp",
                    classPath,
                    FaultyChild.class.getName()));
            command.addAll(List.of(args));
            return command;
        }

        /** The classes of this package and of {@code tap}, in a jar. */
        private static Path jar() throws IOException {
            Path classes = whereIs(FaultyChild.class);
            Path jar = Files.createTempFile(FOLDER, "classes", ".jar");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
                for (Class<?> one : List.of(FaultyChild.class, Json.class)) {
                    Path folder = classes.resolve(one.getPackageName().replace('.', '/'));
                    try (Stream<Path> files = Files.list(folder)) {
                        for (Path file : files.filter(Files::isRegularFile).toList()) {
                            out.putNextEntry(new JarEntry(
                                    classes.relativize(file).toString().replace('\\', '/')));
                            Files.copy(file, out);
                        }
                    }
                }
            }
            return jar;
        }

        private static Path whereIs(Class<?> type) {
            try {
                return Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI());
            } catch (URISyntaxException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
