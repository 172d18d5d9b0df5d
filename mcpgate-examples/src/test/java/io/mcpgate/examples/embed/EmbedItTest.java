package io.mcpgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** "Embed it" of the README, cut out of that file, compiled and run in front of a real server. */
@Timeout(60)
class EmbedItTest {
    private static final Path README = Path.of("../README.md");
    private static final Pattern BLOCK = Pattern.compile("\n## Embed it\n.*?```java\n(.*?)```", Pattern.DOTALL);
    private static final String PROGRAM = """
            package io.mcpgate.examples.embed;
            %s
            public class EmbedIt {
                public static void main(String[] args) throws Exception {
                    var inProcess = new io.mcpgate.sdk.InProcessServer(Crm.json());
                    var server = new Crm().on(inProcess);
                    var transport = inProcess.clientTransport();
            %s
                    client.close();
                    gateway.close();
                    server.close();
                }
            }
            """;

    @TempDir
    Path directory;

    private static List<String> lines() throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(README));
        assertThat(block.find()).isTrue();
        return block.group(1).lines().filter(line -> !line.isBlank()).toList();
    }

    private static String lines(boolean imports) throws IOException {
        return lines().stream()
                .filter(line -> line.startsWith("import ") == imports)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void isTwelveLines() throws IOException {
        assertThat(lines(false).lines()).hasSize(12);
    }

    @Test
    void doesWhatItSays() throws Exception {
        String output = run(compiled());

        assertThat(output.lines()).contains("find").doesNotContain("delete");
        assertThat(output).contains("found Ada");
        assertThat(Files.readAllLines(directory.resolve("audit.jsonl")))
                .anyMatch(line -> line.contains("\"outcome\":\"ok\"") && line.contains("\"tool\":\"find\""));
    }

    private String compiled() throws IOException {
        Path source =
                Files.writeString(directory.resolve("EmbedIt.java"), PROGRAM.formatted(lines(true), lines(false)));
        Path classes = directory.resolve("classes");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-Xlint:all", "-proc:none", "-d", classes.toString(), source.toString());
        assertThat(failed).as(Files.readString(source)).isZero();
        return classes + File.pathSeparator + System.getProperty("java.class.path");
    }

    /** In a JVM of its own, because it writes where it stands. */
    private String run(String classPath) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        "io.mcpgate.examples.embed.EmbedIt")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exitCode = process.waitFor();
        String said = Files.readString(output);
        assertThat(exitCode).as(said).isZero();
        return said;
    }
}
