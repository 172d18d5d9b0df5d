package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The public JSONTestSuite, where it lies beside the project. */
class JsonTestSuiteTest {
    private static final Path SUITE = Path.of("../../shared/data/json-testsuite/test_parsing");

    /** Valid JSON that the gateway refuses on purpose: two readers may read duplicate members differently. */
    private static final Set<String> REFUSED_ON_PURPOSE =
            Set.of("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json");

    private static final Set<String> ABSURD_EXPONENTS = Set.of(
            "i_number_huge_exp.json",
            "i_number_real_neg_overflow.json",
            "i_number_real_pos_overflow.json",
            "i_number_real_underflow.json");

    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    @TestFactory
    Stream<DynamicTest> judgesEveryFileAsTheSuiteDoes() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(SUITE), () -> "JSONTestSuite is not at " + SUITE.toAbsolutePath() + "; skipped");
        List<Path> files;
        try (Stream<Path> all = Files.list(SUITE)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(300);
        return files.stream().map(file -> dynamicTest(file.getFileName().toString(), () -> judge(file)));
    }

    private void judge(Path file) throws IOException {
        String name = file.getFileName().toString();
        boolean accepted = accepts(Files.readAllBytes(file));
        switch (name.charAt(0)) {
            case 'y' -> assertThat(accepted).isEqualTo(!REFUSED_ON_PURPOSE.contains(name));
            case 'n' -> assertThat(accepted).isFalse();
            default ->
                assertThat(accepted)
                        .as("implementations may differ; here the strict side")
                        .isEqualTo(isAcceptedByUs(name));
        }
    }

    /** Numbers are passed on as text, unless their exponent is absurd; everything else that is left open is refused. */
    private static boolean isAcceptedByUs(String name) {
        return name.startsWith("i_number_") && !ABSURD_EXPONENTS.contains(name);
    }

    private boolean accepts(byte[] bytes) {
        try {
            reader.payload(bytes).value();
            return true;
        } catch (MalformedMessage refused) {
            return false;
        }
    }
}
