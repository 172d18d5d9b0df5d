package io.mcpgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.mcpgate.Call;
import io.mcpgate.core.Gateway;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.http.servlet.McpServlet;
import io.mcpgate.sdk.McpSdk;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The application in {@code src/test/spring}, compiled and run in a JVM of its own: with the jars that Maven has put into
 * {@code target/spring}, which are those of Spring's choice, and with this build's gateway.
 */
final class SpringApp implements AutoCloseable {
    private static final Path SOURCES = NodeFixtures.moduleDirectory().resolve("src/test/spring/app");
    private static final Path JARS = NodeFixtures.moduleDirectory().resolve("target/spring");
    private static final Pattern READY = Pattern.compile("(?m)^READY (\\d+) (.*)$");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Matcher ready;

    private SpringApp(Process process, Matcher ready) {
        this.process = process;
        this.ready = ready;
    }

    /** Starts it with these arguments; what it needs besides, and what it says, is in {@code directory}. */
    static SpringApp start(Path directory, String... arguments) throws IOException {
        String classPath = compiled(directory.resolve("classes"));
        Path output = directory.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                "app.Application",
                "--server.address=127.0.0.1",
                "--server.port=0"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Matcher ready = READY.matcher("");
        await().atMost(PATIENCE)
                .until(() -> ready.reset(Files.readString(output)).find() || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("It did not start: " + Files.readString(output));
        }
        return new SpringApp(process, ready);
    }

    private static String compiled(Path classes) throws IOException {
        String classPath = Stream.concat(jars(), gateway()).collect(Collectors.joining(File.pathSeparator));
        List<String> arguments = new ArrayList<>(
                List.of("-nowarn", "-proc:none", "-parameters", "-cp", classPath, "-d", classes.toString()));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString).forEach(arguments::add);
        }
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(failed).as(SOURCES + " with " + classPath).isZero();
        return classes + File.pathSeparator + classPath;
    }

    private static Stream<String> jars() throws IOException {
        assertThat(JARS).as("Maven fetches these jars before the tests.").isDirectory();
        try (Stream<Path> files = Files.list(JARS)) {
            return files.map(Path::toString).sorted().toList().stream();
        }
    }

    /** The gateway and what it needs; what Spring has, too, is Spring's. */
    private static Stream<String> gateway() {
        return Stream.of(
                        Call.class,
                        Gateway.class,
                        McpServlet.class,
                        McpSdk.class,
                        JsonFactory.class,
                        Caffeine.class,
                        Bucket.class)
                .map(SpringApp::place);
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    int port() {
        return Integer.parseInt(ready.group(1));
    }

    /** What its agent may use of the servers in its configuration. */
    String toolsOfItsClients() {
        return ready.group(2);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
