package io.mcpgate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    @TempDir
    Path directory;

    private final List<String> seen = new ArrayList<>();

    private FileWatch watch(Path file) throws IOException {
        return new FileWatch(file, Files.readAllBytes(file), Duration.ofSeconds(1), content -> {
            seen.add(new String(content, StandardCharsets.UTF_8));
            if (seen.size() > 1) {
                throw new IllegalStateException("expected in this test");
            }
        });
    }

    @Test
    void tellsOfEachNewContentOnce() throws IOException {
        Path file = Files.writeString(directory.resolve("gate.yaml"), "one");
        FileWatch watch = watch(file);

        watch.look();
        Files.writeString(file, "two");
        watch.look();
        watch.look();
        watch.look();

        assertThat(seen).containsExactly("two");
    }

    @Test
    void passesOverWhatWasOnlyThereWhileTheFileWasWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("gate.yaml"), "one");
        FileWatch watch = watch(file);

        Files.writeString(file, "two");
        watch.look();
        Files.writeString(file, "two, but not this");
        watch.look();
        assertThat(seen).isEmpty();
        watch.look();

        assertThat(seen).containsExactly("two, but not this");
    }

    @Test
    void forgetsWhatItSawBeforeTheFileWasAway() throws IOException {
        Path file = Files.writeString(directory.resolve("gate.yaml"), "one");
        FileWatch watch = watch(file);

        Files.writeString(file, "two");
        watch.look();
        Files.delete(file);
        watch.look();
        Files.writeString(file, "two");
        watch.look();
        assertThat(seen).isEmpty();
        watch.look();

        assertThat(seen).containsExactly("two");
    }

    @Test
    void goesOnWhileTheFileIsAwayAndWhenAContentBreaksItsReader() throws IOException {
        Path file = Files.writeString(directory.resolve("gate.yaml"), "one");
        FileWatch watch = watch(file);

        Files.delete(file);
        watch.look();
        for (String content : List.of("two", "three", "four")) {
            Files.writeString(file, content);
            watch.look();
            watch.look();
        }

        assertThat(seen).containsExactly("two", "three", "four");
    }
}
