package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Tables.number;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What was found, as {@code docs/performance.md} tells it. Whatever was not measured in the last run is said to be so. */
final class PerformanceDocument {
    static final String WRAPPING = "## In process: what wrapping a transport costs\n";

    private static final String INTRODUCTION = """
            # Performance

            Figures of one machine, and how they were made. On another machine only the ratios and the allocated bytes mean something.
            `./mvnw -Pbench package` measures everything and writes this page anew
            ([PerformanceDocument](../mcpgate-examples/src/test/java/io/mcpgate/examples/load/PerformanceDocument.java)); what cannot be measured stands in
            [performance-notes.md](performance-notes.md) and is taken over from there.

            """;

    private static final String METHOD = """
            ## How it is measured

            **In process**: JMH with `-prof gc`, in `src/jmh` of the modules; time and allocated bytes of one operation.

            **Over sockets and pipes**: [LoadBench](../mcpgate-examples/src/test/java/io/mcpgate/examples/load/LoadBench.java). Client, gate and server are processes of their own on one
            machine, over loopback. Server and client are written for this (one thread, no library for HTTP or JSON-RPC, answers and requests encoded before), because what they cost themselves hides
            what the gate costs. *Direct* is the client at the server; *nginx* a plain reverse proxy that understands nothing, which is what any proxy costs on that machine; *gate
            bare* lets everybody do everything; *gate full* has an API key, a policy of 100 rules, two limits, an audit trail in a file and metrics. All of these run in the same run and take
            turns, each pass in another order, after each has been warmed up (a JVM doubles its rate over its first 50 s).

            - A figure is the median of the passes, with the least and the greatest in parentheses; a ratio is taken pass by pass.
            - *Closed loop*: each connection makes its next call when it has its answer. *Open loop* (`half of gate full`): calls are due at even intervals, at half of the rate that
              the full gate has reached; latency counts from when a call was due, so that a stall is not hidden by calls that were not made (coordinated omission).
            - The client checks each answer (its id, a result, the number and token of events), and the calls that the server has counted must be those that the client has made; otherwise there are
              no figures. `LoadHarnessTest` shows that wrong answers are noticed.
            - CPU seconds are those of what stands between, from `/proc`, without client and server; of the server's own process behind a stdio gate neither.
            - Heap is what is reachable after a full collection (`jcmd GC.class_histogram`); heap growth of large results is by how much the fullest collection left more than the
              one before, by call under way.
            - `mcp-proxy` and `supergateway` put a stdio server behind HTTP; *gate full at stdio* does the same with the same server.

            """;

    private final Results results;
    private final Jmh jmh;

    PerformanceDocument(Results results, Jmh jmh) {
        this.results = results;
        this.jmh = jmh;
    }

    /** The whole page; {@code wrapping} is the section about wrapped transports as it stands, and {@code notes} are by hand. */
    String page(String wrapping, String notes) {
        return INTRODUCTION
                + targets()
                + expectations()
                + notes.strip()
                + "\n\n"
                + METHOD
                + machine()
                + scenarios()
                + inProcess()
                + new WrappingSection(jmh, results.machine()).renewed(wrapping);
    }

    private String targets() {
        return new Goals(results, jmh)
                .all().stream()
                        .map(Goal::line)
                        .collect(Collectors.joining(
                                "",
                                "## Targets\n\n" + Tables.line(List.of("what", "target", "measured", ""))
                                        + "|---|---|---|---|\n",
                                "\n"));
    }

    /** Only sentences that follow from the figures. */
    private String expectations() {
        String variant = HttpScenario.closed(HttpScenario.CONNECTIONS);
        StringBuilder text = new StringBuilder();
        results.figures().stream()
                .filter(each -> each.scenario().equals(HttpScenario.NAME)
                        && each.variant().equals(variant))
                .filter(each -> each.target().startsWith(Targets.FULL + ", JDK"))
                .filter(each -> each.measure().equals(Figures.CPU))
                .forEach(cpu -> text.append("- A call over HTTP through the full chain costs the gate ")
                        .append(number(cpu.median() * 1_000))
                        .append(" µs of processor time on ")
                        .append(cpu.target().replaceFirst("^.*, ", ""))
                        .append(": one core carries about ")
                        .append(number(1_000 / cpu.median()))
                        .append(" calls a second.\n"));
        find(IdleScenario.NAME, IdleScenario.SESSION, IdleScenario.HEAP)
                .ifPresent(heap -> text.append("- An idle session holds ")
                        .append(number(heap.median() / 1_024))
                        .append(" KiB of heap.\n"));
        find(StartScenario.NAME, StartScenario.SERVE, StartScenario.MILLIS)
                .ifPresent(start -> text.append("- `serve` answers its first call ")
                        .append(number(start.median()))
                        .append(" ms after its start.\n"));
        if (text.isEmpty()) text.append("Nothing of it was measured in the last run.\n");
        return "## What to expect\n\n" + text + "\n";
    }

    private Optional<Figure> find(String scenario, String variant, String measure) {
        return results.figures().stream()
                .filter(each -> each.scenario().equals(scenario)
                        && each.variant().equals(variant)
                        && each.measure().equals(measure))
                .findFirst();
    }

    private String machine() {
        Machine machine = results.machine();
        String skipped = results.skipped().isEmpty()
                ? ""
                : results.skipped().stream()
                        .map(each -> "- not measured: "
                                + each.replaceAll("\\s+", " ").strip() + "\n")
                        .collect(Collectors.joining("", "", "\n"));
        return "## The machine\n\n%d cores (%s), %s of memory, %s; %s; commit %s, %s; load average before: %s.\n\n"
                        .formatted(
                                machine.cores(),
                                machine.processor(),
                                machine.memory(),
                                machine.kernel(),
                                machine.jdk(),
                                machine.commit(),
                                machine.date(),
                                machine.load())
                + skipped;
    }

    private String scenarios() {
        return LoadBench.SCENARIOS.stream().map(this::scenario).collect(Collectors.joining());
    }

    private String scenario(Scenario scenario) {
        List<Figure> figures = results.figures().stream()
                .filter(each -> each.scenario().equals(scenario.name()))
                .toList();
        return "## " + scenario.title() + "\n\n`-Dload.options=" + scenario.name() + "`\n\n"
                + (figures.isEmpty() ? "Not measured in the last run.\n" : Tables.markdown(figures))
                + "\n";
    }

    private String inProcess() {
        return "## In process\n\n"
                + (jmh.scores().isEmpty() ? "Not measured in the last run.\n" : jmh.markdown())
                + "\n";
    }
}
