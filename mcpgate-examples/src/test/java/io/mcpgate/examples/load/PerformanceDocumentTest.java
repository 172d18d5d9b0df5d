package io.mcpgate.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page says what the figures say, and of what there are no figures, that there are none. */
class PerformanceDocumentTest {
    private static final String FULL = "gate full, JDK 17";
    private static final String HTTP_16 = HttpScenario.closed(16);
    private static final Machine MACHINE = new Machine(2, "cpu", "1 kB", "Linux", "JDK", "2026-01-01", "abc", "0.0");
    private static final String WRAPPING = PerformanceDocument.WRAPPING
            + "Words.\n\n| | bare | wrapped | the gateway adds |\n|---|---|---|---|\n| a | 1 | 2 | 3 |\n\nTwo cores.\n\nMore words.\n";

    private static final String JMH_JSON = """
            [{"benchmark": "io.mcpgate.sdk.WrapBenchmark.%s", "primaryMetric":
              {"score": %s, "scoreError": "NaN", "scoreUnit": "ns/op"},
              "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 1024.0}}}]
            """;

    @TempDir
    Path root;

    private static Figure calls(String target, Double... passes) {
        return new Figure(HttpScenario.NAME, target, HTTP_16, Figures.CALLS, List.of(passes));
    }

    private static String page(Figure... figures) {
        Results results = new Results(MACHINE, "full", List.of(figures), List.of("nginx: not there"));
        return new PerformanceDocument(results, new Jmh(List.of())).page(WRAPPING, "## Notes\n\nBy hand.\n");
    }

    private static Goal throughput(Figure... figures) {
        Results results = new Results(MACHINE, "full", List.of(figures), List.of());
        return new Goals(results, new Jmh(List.of()))
                .all().stream()
                        .filter(goal -> goal.target().contains("0.8 × nginx"))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void whatWasNotMeasuredIsSaidToBeSo() {
        String page = page();

        assertThat(page.lines().filter(line -> line.endsWith("| – | not measured |")))
                .hasSameSizeAs(new Goals(new Results(MACHINE, "full", List.of(), List.of()), new Jmh(List.of())).all());
        assertThat(page).contains("Not measured in the last run.", "not measured: nginx: not there", "By hand.");
    }

    @Test
    void aTargetIsMetByTheMedianOfTheRatiosOfThePasses() {
        Figure nginx = calls("nginx", 100.0, 50.0, 200.0);

        assertThat(throughput(nginx, calls(FULL, 90.0, 40.0, 100.0)).verdict()).isEqualTo("met");
        assertThat(throughput(nginx, calls(FULL, 79.0, 50.0, 100.0)).verdict()).isEqualTo("**not met**");
    }

    @Test
    void aTargetForSeveralJdksIsMetIfItIsMetOnEach() {
        Figure nginx = calls("nginx", 100.0);

        Goal goal = throughput(nginx, calls(FULL, 90.0), calls("gate full, JDK 25", 10.0));

        assertThat(goal.verdict()).isEqualTo("**not met**");
        assertThat(goal.line()).contains("JDK 17: 0.900 ×; JDK 25: 0.100 ×");
    }

    @Test
    void showsMediansWithTheirSpreadAndRatios() {
        assertThat(page(calls("direct", 400.0), calls("nginx", 100.0, 110.0, 90.0), calls(FULL, 50.0, 44.0, 45.0)))
                .contains("| 16 connections | nginx | 100 (90.0–110) | ")
                .contains("| 16 connections | gate full, JDK 17 | 45.0 (44.0–50.0) | 0.125 | 0.500 (0.400–0.500) |");
    }

    @Test
    void keepsTheSectionAboutWrappingWhereThereIsNothingNew() {
        assertThat(page()).endsWith(WRAPPING);
        assertThat(PerformancePage.wrapping("# P\n\n" + WRAPPING + "\n## Next\n"))
                .isEqualTo(WRAPPING + "\n");
    }

    @Test
    void renewsTheTableOfThatSectionAndKeepsItsWords() throws Exception {
        int module = 0;
        for (String name : List.of("bare", "wrapped", "bareStatelessServer", "wrappedStatelessServer")) {
            Path target = Files.createDirectories(root.resolve("m" + module++).resolve("target"));
            Files.writeString(target.resolve("jmh.json"), JMH_JSON.formatted(name, name.startsWith("w") ? 2000 : 500));
        }

        String renewed = new WrappingSection(Jmh.ofModules(root), MACHINE).renewed(WRAPPING);

        assertThat(renewed)
                .contains("Words.\n\n| | bare |", "**1.50 µs, 0 KiB**", "\n\nMore words.\n")
                .doesNotContain("Two cores.");
    }
}
