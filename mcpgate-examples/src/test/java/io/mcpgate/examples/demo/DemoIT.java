package io.mcpgate.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.interop.NodeFixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README's "Try it" prints is what it says that it shows, with npm's servers and with the one that stands in for them. */
class DemoIT {
    private static final long MINUTES_MAX = 5; // npx may have to download

    @TempDir
    Path directory;

    @Test
    void showsWhatItSaysWithTheServersOfNpmWhereTheyAre() throws Exception {
        NodeFixtures.assumeNode(); // and the registry, from which npx has the servers

        showsWhatItSays(run(Map.of()));
    }

    @Test
    void showsWhatItSaysWithoutNpx() throws Exception {
        List<String> printed = run(Map.of("PATH", directory.toString()));

        assertThat(printed).anyMatch(line -> line.contains("npx is not on this machine"));
        showsWhatItSays(printed);
    }

    private List<String> run(Map<String, String> environment) throws IOException, InterruptedException {
        Path output = directory.resolve("printed.txt");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName());
        java.environment().putAll(environment);
        Path errors =
                directory.resolve("errors.txt"); // apart: a log line must not cut one of the demonstration's in two
        Process demo = java.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(demo.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
        } finally {
            demo.destroyForcibly();
        }
        List<String> printed = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(demo.exitValue())
                .as(String.join("\n", printed) + "\n" + Files.readString(errors))
                .isZero();
        return printed;
    }

    private static void showsWhatItSays(List<String> printed) {
        List<String> admin = List.of(after(printed, "admin-agent   sees ").split("[:,] "));
        List<String> support = List.of(after(printed, "support-agent sees ").split("[:,] "));
        assertThat(support)
                .contains("everything__echo", "files__read_text_file")
                .doesNotContain("everything__get-env", "files__write_file");
        assertThat(admin).contains("everything__get-env", "files__write_file").hasSizeGreaterThan(support.size());

        assertThat(after(printed, "support-agent calls everything__echo    → "))
                .startsWith("ok: ")
                .contains("hello");
        assertThat(after(printed, "support-agent calls files__read_text_file → "))
                .isEqualTo("ok: Call Mr. Smith back on Monday.");

        String refused = after(printed, "support-agent calls everything__get-env, which exists → ");
        String unknown = after(printed, "admin-agent calls everything__no-such, which does not → ");
        assertThat(refused.replace("get-env", "no-such")).isEqualTo(unknown);

        assertThat(after(printed, "support-agent, call 1 → ")).startsWith("ok: ");
        assertThat(after(printed, "support-agent, call 6 → ")).startsWith("error 429: ");
        assertThat(after(printed, "admin-agent has a count of its own → ")).startsWith("ok: ");
        assertThat(printed).anyMatch(line -> line.contains("HTTP 401, WWW-Authenticate: Bearer"));

        Stream.of(
                        "an allowed call, before:",
                        "the same, after:",
                        "a refused call:",
                        "a call over the limit:",
                        "a caller without a key:")
                .forEach(kind -> assertThat(printed)
                        .as(kind)
                        .anyMatch(line -> line.strip().equals(kind)));
    }

    private static String after(List<String> printed, String beginning) {
        return printed.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "Nothing begins with \"" + beginning + "\" in\n" + String.join("\n", printed)));
    }
}
