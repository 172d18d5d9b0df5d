package io.mcpgate.examples.conformance;

import io.mcpgate.examples.conformance.Findings.Check;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was found, as {@code docs/conformance.md} tells it. */
final class ConformanceDocument {
    private static final String INTRODUCTION = """
            # Conformance

            What the public conformance suite (`@modelcontextprotocol/conformance` 0.2.0-alpha.12) finds through a gate, compared
            with what it finds without one. `ConformanceIT` makes the comparison in every build, check by check, and compares this
            page with it; with `-Dmcpgate.conformance.write=true` it writes this page anew.

            Behind the gate is a server that passes everything directly (`conformance-server.mjs`, made with the official
            TypeScript SDK); in the client scenarios the server is the suite's, and the client is made with the official TypeScript
            SDK. Everybody may do everything there, so the gate has nothing to refuse: any difference is the gate's.

            """;

    private ConformanceDocument() {}

    static String of(List<Run> runs, List<Gap> gaps) {
        return INTRODUCTION
                + summary(runs)
                + gaps(gaps)
                + runs.stream().map(ConformanceDocument::details).collect(Collectors.joining("\n"));
    }

    private static String summary(List<Run> runs) {
        return runs.stream()
                .map(run -> row(
                        run.pair().title(),
                        run.pair().revision(),
                        run.direct().scenarios().size(),
                        run.direct().passed().size(),
                        run.direct().passed().size() - run.lost().size()))
                .collect(Collectors.joining("", """
                        | pair | revision of the suite | scenarios | checks passed directly | of these through the gate |
                        |---|---|---|---|---|
                        """, "\n"));
    }

    private static String gaps(List<Gap> gaps) {
        return gaps.stream()
                .map(gap -> row(
                        gap.pair().title(),
                        gap.scenario(),
                        gap.checks().isEmpty() ? "all or some" : String.join(", ", gap.checks()),
                        gap.kind().name().toLowerCase(Locale.ROOT),
                        gap.why()))
                .collect(Collectors.joining("", """
                        ## What differs

                        *Defect*: the gate does it wrong. *Optional*: the specification leaves it open, and the gate does it another way
                        than the server. *Unbridgeable*: one era has it, and the other has nothing to make it from.

                        | pair | scenario | checks | kind | why |
                        |---|---|---|---|---|
                        """, "\n"));
    }

    private static String details(Run run) {
        return run.direct().scenarios().stream()
                .map(scenario -> {
                    long direct = count(run.direct().passed(), scenario);
                    return row(scenario, direct, direct - count(run.lost().keySet(), scenario));
                })
                .collect(Collectors.joining("", """
                        ## %s

                        | scenario | checks passed directly | of these through the gate |
                        |---|---|---|
                        """.formatted(run.pair().title()), ""));
    }

    private static String row(Object... cells) {
        return List.of(cells).stream().map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static long count(Collection<Check> checks, String scenario) {
        return checks.stream()
                .filter(check -> check.scenario().equals(scenario))
                .count();
    }
}
