package io.mcpgate.examples.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import io.github.bucket4j.Bucket;
import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.examples.interop.ClientPool;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.sdk.McpSdk;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The client in {@code src/test/java-sdk}, compiled once for each of two releases of the Java SDK: this build's own, and the
 * one that Maven has put into {@code target/sdk-1.1.5}. Two releases of the same classes need JVMs of their own.
 */
final class SdkClients implements AutoCloseable {
    private static final Path SOURCE = NodeFixtures.moduleDirectory().resolve("src/test/java-sdk/SdkClient.java");
    private static final Path PREVIOUS = NodeFixtures.moduleDirectory().resolve("target/sdk-1.1.5");

    private final ClientPool current;
    private final ClientPool previous;

    /** Compiles both, to below {@code directory}. */
    SdkClients(Path directory) throws IOException {
        this.current = pool(compiled(directory.resolve("current"), System.getProperty("java.class.path")));
        this.previous = pool(compiled(
                directory.resolve("previous"),
                Stream.concat(gateway(), jars().stream()).collect(Collectors.joining(File.pathSeparator))));
    }

    private static List<String> jars() throws IOException {
        assertThat(PREVIOUS).as("Maven fetches these jars before the tests.").isDirectory();
        try (Stream<Path> files = Files.list(PREVIOUS)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    /** What a client needs to wrap its transport: first, as Maven would take the newer Jackson annotations for both. */
    private static Stream<String> gateway() {
        return Stream.of(
                        Principal.class,
                        Gateway.class,
                        McpSdk.class,
                        JsonFactory.class,
                        ObjectMapper.class,
                        JsonProperty.class,
                        Cache.class,
                        Bucket.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .map(location -> Path.of(URI.create(location.toString())).toString());
    }

    private static String compiled(Path classes, String classPath) {
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-cp",
                        classPath,
                        "-d",
                        classes.toString(),
                        SOURCE.toString());
        assertThat(failed).as(SOURCE + " with " + classPath).isZero();
        return classes + File.pathSeparator + classPath;
    }

    private static ClientPool pool(String classPath) {
        return new ClientPool(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-cp",
                classPath,
                "SdkClient"));
    }

    /** With the release that this build uses. */
    Report current(List<String> arguments) {
        return current.ask(arguments, MatrixClient.TIMEOUT);
    }

    /** With 1.1.5. */
    Report previous(List<String> arguments) {
        return previous.ask(arguments, MatrixClient.TIMEOUT);
    }

    @Override
    public void close() {
        current.close();
        previous.close();
    }
}
