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

    private static final String WRAPPED = """

            The same suite at a server made with the official Java SDK 2.1.0 (`SdkConformanceServer`): directly, on the SDK's own
            `HttpServletStreamableServerTransportProvider`; and wrapped, on `InProcessServer`, with the gateway and its servlet in
            the same process. `SdkConformanceIT` makes the comparison, and compares this part of the page with it.

            By design the gate looks at `Host` and `Origin` where the SDK, without a validator of the host's, does not: so
            dns-rebinding-protection is passed wrapped only. The scenario server-sse-polling is about streams that are closed
            before the answer; the SDK closes none, and the gate has none where it answers with one JSON object.

            """;

    private ConformanceDocument() {}

    static String of(List<Run> runs, List<Gap> gaps) {
        return INTRODUCTION
                + summary(runs)
                + gaps(gaps)
                + runs.stream().map(ConformanceDocument::details).collect(Collectors.joining("\n"));
    }

    /** The part of the page about a wrapped server: it does not pass everything by itself. */
    static String ofWrapped(Run run, List<Gap> gaps) {
        return ConformancePage.HEADING_OF_WRAPPED
                + WRAPPED
                + summary(List.of(run)).replace("through the gate", "wrapped")
                + gaps(gaps)
                + failures(run)
                + details(run).replace("through the gate", "wrapped");
    }

    private static String failures(Run run) {
        return run.direct().problems().keySet().stream()
                .map(check -> row(
                        check.scenario(),
                        check.id(),
                        run.direct().of(check).status().name().toLowerCase(Locale.ROOT),
                        run.gated().of(check).status().name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining("", """
                        ## What the server does not pass by itself

                        | scenario | check | directly | wrapped |
                        |---|---|---|---|
                        """, "\n"));
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
