package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.github.bucket4j.Bucket;
import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.simple.SimpleLogger;

/**
 * This module's one set of classes in hosts with each release of the SDK: {@code src/test/java-sdk/WrappedSdk.java} is compiled
 * with the jars that Maven has put into {@code target/sdk-*}, and run with them in a JVM of its own.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SdkVersionsTest {
    private static final List<String> CHECKS = List.of(
            "allow",
            "refuse",
            "filter",
            "throttle",
            "audit",
            "elicitation",
            "sampling",
            "progress",
            "logging",
            "cancel",
            "reconnect",
            "stdio",
            "in-process");
    private static final long MINUTES_MAX = 3;

    @TempDir
    static Path directory;

    private final Map<String, Map<String, String>> found = new LinkedHashMap<>();
    private Path module;

    @BeforeAll
    void findTheModule() {
        module = Path.of(of(SdkVersionsTest.class)).getParent().getParent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.17.0", "0.18.2", "1.1.5", "2.0.1", "2.1.0"})
    void worksWithWhicheverReleaseTheHostHas(String version) throws Exception {
        Map<String, String> outcomes = run(version);
        found.put(version, outcomes);

        assertThat(outcomes).as(version).containsOnlyKeys(CHECKS);
        assertThat(outcomes.values()).as(version + ": " + outcomes).containsOnly("ok");
    }

    /** A matrix that leaves out the release which everything is compiled with would prove little. */
    @Test
    void theNewestReleaseIsThatOfThisBuild() {
        assertThat(Path.of(of(io.modelcontextprotocol.spec.McpSchema.class)).getFileName())
                .hasToString("mcp-core-2.1.0.jar");
    }

    @AfterAll
    void tellWhatWasFound() {
        StringBuilder table = new StringBuilder("| SDK | " + String.join(" | ", CHECKS) + " |\n");
        found.forEach((version, outcomes) -> table.append("| ")
                .append(version)
                .append(" | ")
                .append(CHECKS.stream()
                        .map(check -> outcomes.getOrDefault(check, "not run"))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        System.out.println(table);
    }

    private Map<String, String> run(String version) throws Exception {
        String classPath = Stream.of(
                        jars("sdk-" + version),
                        jars("sdk-libraries"),
                        Stream.of(
                                of(Principal.class),
                                of(Gateway.class),
                                of(McpSdk.class),
                                of(Cache.class),
                                of(Bucket.class),
                                of(SimpleLogger.class)))
                .flatMap(each -> each)
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = compiled(version, classPath);
        Path errors = directory.resolve(version + ".err");
        Path output = directory.resolve(version + ".out");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        classes + File.pathSeparator + classPath,
                        "WrappedSdk")
                .redirectError(errors.toFile())
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(MINUTES_MAX, TimeUnit.MINUTES))
                    .as("%s ended, which had said: %s", version, Files.readString(output))
                    .isTrue();
            assertThat(child.exitValue()).as(Files.readString(errors)).isZero();
        } finally {
            child.destroyForcibly();
        }
        Map<String, String> outcomes = new LinkedHashMap<>();
        Files.readAllLines(output).stream()
                .map(line -> line.split("\t", 2))
                .filter(check -> check.length == 2)
                .forEach(check -> outcomes.put(check[0], check[1]));
        if (outcomes.values().stream().anyMatch(outcome -> !outcome.equals("ok"))) {
            System.out.println(Files.readString(errors)); // where it went wrong
        }
        return outcomes;
    }

    private Path compiled(String version, String classPath) {
        Path classes = directory.resolve(version);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        said,
                        said,
                        "-nowarn",
                        "-proc:none",
                        "-cp",
                        classPath,
                        "-d",
                        classes.toString(),
                        module.resolve("src/test/java-sdk/WrappedSdk.java").toString());
        assertThat(failed).as(said.toString(StandardCharsets.UTF_8)).isZero();
        return classes;
    }

    private Stream<String> jars(String name) throws IOException {
        Path jars = module.resolve("target").resolve(name);
        assertThat(jars).as("Maven fetches these jars before the tests.").isDirectory();
        try (Stream<Path> files = Files.list(jars)) {
            return files.map(Path::toString).sorted().toList().stream();
        }
    }

    /** The jar, or the directory, that this class has come from. */
    private static String of(Class<?> type) {
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
}
