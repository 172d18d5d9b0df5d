package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Tables.number;

import io.mcpgate.examples.load.Goal.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** What was aimed at, judged by the figures of a run: ratios within the run, so that they hold on another machine. */
final class Goals {
    private static final String HTTP_16 = HttpScenario.closed(HttpScenario.CONNECTIONS);

    private final Results results;
    private final Jmh jmh;

    Goals(Results results, Jmh jmh) {
        this.results = results;
        this.jmh = jmh;
    }

    List<Goal> all() {
        return List.of(
                new Goal(
                        "in process, full chain, from the host's object to the upstream call and back",
                        "≤ 3 µs and ≤ 2 KiB per call",
                        inProcess("ChainBenchmark.full", "", 3, 2_048)),
                new Goal(
                        "the same from bytes to bytes, 1 KB",
                        "≤ 8 µs",
                        inProcess("BytesBenchmark.call", "", 8, Double.MAX_VALUE)),
                new Goal(
                        "HTTP throughput, full chain, small call, 16 connections",
                        "≥ 0.8 × nginx as a plain proxy, on each JDK",
                        fullGates(full -> ratio(HttpScenario.NAME, HTTP_16, Figures.CALLS, full, Target.NGINX, 0.8))),
                new Goal("the same", "≥ 15 × each npm peer", proxies()),
                new Goal(
                        "HTTP latency added over direct at half of its own peak, p99",
                        "≤ 1 ms",
                        added(Figures.P99, 1_000)),
                new Goal("the same, p50", "≤ 0.25 ms", added(Figures.P50, 250)),
                new Goal(
                        "1 MB result, policy on, no masking",
                        "≥ 0.7 × nginx's bytes per second",
                        fullGates(full -> ratio(
                                LargeScenario.NAME,
                                LargeScenario.closed(),
                                LargeScenario.BYTES,
                                full,
                                Target.NGINX,
                                0.7))),
                new Goal(
                        "its heap growth",
                        "≤ 3 × the body",
                        fullGates(full ->
                                atMost(LargeScenario.NAME, full, LargeScenario.closed(), LargeScenario.HEAP, 3, "×"))),
                new Goal(
                        "SSE answers with progress",
                        "≥ 0.5 × nginx's events per second",
                        fullGates(full -> ratio(
                                SseScenario.NAME, SseScenario.closed(), SseScenario.EVENTS, full, Target.NGINX, 0.5))),
                new Goal(
                        "each event is forwarded as it comes (written every 20 ms)",
                        "p50 and p99 within 20 ms",
                        fullGates(full -> Stream.concat(
                                atMost(
                                        SseScenario.NAME,
                                        full,
                                        SseScenario.PACED,
                                        SseScenario.LAG_P50,
                                        SseScenario.PACE_MICROS,
                                        "µs"),
                                atMost(
                                        SseScenario.NAME,
                                        full,
                                        SseScenario.PACED,
                                        SseScenario.LAG_P99,
                                        SseScenario.PACE_MICROS,
                                        "µs")))),
                new Goal(
                        "stdio `wrap` against the bare server, p50 added",
                        "≤ 150 µs",
                        beyondBare(StdioScenario.CALLS, Figures.P50, 150, "µs")),
                new Goal(
                        "its start beyond the bare server's",
                        "≤ 0.6 s",
                        beyondBare(StdioScenario.START, StartScenario.MILLIS, 600, "ms")),
                new Goal(
                        "its RSS",
                        "≤ 90 MB",
                        targets(StdioScenario.WRAP)
                                .flatMap(wrap -> atMost(
                                        StdioScenario.NAME,
                                        wrap,
                                        StdioScenario.CALLS,
                                        Figures.RSS,
                                        90e6 / (1 << 20),
                                        "MiB"))
                                .toList()),
                new Goal("tools/list, 1,000 tools filtered, cached, in process", "≤ 150 µs of CPU", listInProcess()),
                new Goal(
                        "the same, all that it costs the gate over HTTP",
                        "≤ 150 µs of CPU",
                        fullGates(full -> atMost(
                                ListScenario.NAME, full, ListScenario.variant(1_000, 1), ListScenario.CPU, 150, "µs"))),
                new Goal(
                        "its cost is linear in tools",
                        "1,000 cost ≤ 12 × what 100 do",
                        fullGates(full -> lists(full, ListScenario.variant(100, 1), 12))),
                new Goal(
                        "its cost is independent of principals seen",
                        "with 200 ≤ 1.2 × with one",
                        fullGates(full -> principals(full, 1.2))),
                new Goal("idle SSE stream", "≤ 16 KiB of heap each, 10,000 held", fullGates(this::idle)),
                new Goal(
                        "throughput with 1,000 servers, 10,000 tools, 1,000 policies",
                        "≥ 0.8 × that with one of each",
                        fullGates(this::growth)));
    }

    private List<Finding> inProcess(String benchmark, String params, double micros, double bytes) {
        return jmh.find(benchmark, params).stream()
                .map(score -> new Finding(
                        number(score.micros()) + " µs, " + number(score.bytes()) + " B",
                        score.micros() <= micros && score.bytes() <= bytes))
                .toList();
    }

    private List<Finding> listInProcess() {
        return jmh.find("ListBenchmark.cached", "1000").stream()
                .map(score -> new Finding(number(score.micros()) + " µs", score.micros() <= 150))
                .toList();
    }

    private List<Finding> fullGates(Function<String, Stream<Finding>> judge) {
        return targets(Targets.FULL).flatMap(judge).toList();
    }

    /** The targets of that kind, one for each JDK. */
    private Stream<String> targets(String kind) {
        return results.figures().stream()
                .map(Figure::target)
                .filter(target -> target.startsWith(kind + ", JDK"))
                .distinct();
    }

    private Optional<Figure> find(String scenario, String target, String variant, String measure) {
        return results.figures().stream()
                .filter(each -> each.is(scenario, target, variant, measure))
                .findFirst();
    }

    private static String jdk(String target) {
        return target.replaceFirst("^.*, ", "");
    }

    private Stream<Finding> ratio(
            String scenario, String variant, String measure, String above, String below, double min) {
        return both(find(scenario, above, variant, measure), find(scenario, below, variant, measure), (one, other) -> {
            Ratio ratio = Ratio.of(one, other);
            return new Finding(jdk(above) + ": " + ratio + " ×", ratio.median() >= min);
        });
    }

    private static Stream<Finding> both(
            Optional<Figure> one, Optional<Figure> other, BiFunction<Figure, Figure, Finding> judge) {
        return one.flatMap(first -> other.map(second -> judge.apply(first, second))).stream();
    }

    private Stream<Finding> atMost(
            String scenario, String target, String variant, String measure, double max, String unit) {
        return find(scenario, target, variant, measure).stream()
                .map(found ->
                        new Finding(jdk(target) + ": " + number(found.median()) + " " + unit, found.median() <= max));
    }

    /** Of the first JDK: the peers are measured once. */
    private List<Finding> proxies() {
        List<Finding> findings = new ArrayList<>();
        targets(Targets.FULL).findFirst().ifPresent(full -> {
            for (String peer : List.of(NodeProxies.MCP_PROXY, NodeProxies.SUPERGATEWAY)) {
                both(
                                find(HttpScenario.NAME, full, HTTP_16, Figures.CALLS),
                                find(HttpScenario.NAME, peer, HTTP_16, Figures.CALLS),
                                (own, theirs) -> {
                                    Ratio ratio = Ratio.of(own, theirs);
                                    return new Finding(peer + ": " + ratio + " ×", ratio.median() >= 15);
                                })
                        .forEach(findings::add);
            }
        });
        return findings;
    }

    private List<Finding> added(String measure, double maxMicros) {
        return fullGates(full -> difference(
                HttpScenario.NAME, HttpScenario.halfOf(jdk(full)), measure, full, Target.DIRECT, maxMicros, "µs"));
    }

    private List<Finding> beyondBare(String variant, String measure, double max, String unit) {
        return targets(StdioScenario.WRAP)
                .flatMap(wrap -> difference(StdioScenario.NAME, variant, measure, wrap, StdioScenario.BARE, max, unit))
                .toList();
    }

    private Stream<Finding> difference(
            String scenario, String variant, String measure, String more, String less, double max, String unit) {
        return both(find(scenario, more, variant, measure), find(scenario, less, variant, measure), (one, other) -> {
            double difference = one.median() - other.median();
            return new Finding(jdk(more) + ": " + number(difference) + " " + unit, difference <= max);
        });
    }

    private Stream<Finding> lists(String full, String shorter, double max) {
        return times(ListScenario.NAME, full, ListScenario.variant(1_000, 1), shorter, ListScenario.CPU, max);
    }

    private Stream<Finding> principals(String full, double max) {
        return times(
                ListScenario.NAME,
                full,
                ListScenario.variant(1_000, ListScenario.MANY_PRINCIPALS),
                ListScenario.variant(1_000, 1),
                ListScenario.CPU,
                max);
    }

    private Stream<Finding> times(
            String scenario, String target, String above, String below, String measure, double max) {
        return both(find(scenario, target, above, measure), find(scenario, target, below, measure), (one, other) -> {
            Ratio ratio = Ratio.of(one, other);
            return new Finding(jdk(target) + ": " + ratio + " ×", ratio.median() <= max);
        });
    }

    private Stream<Finding> idle(String full) {
        return both(
                find(IdleScenario.NAME, full, IdleScenario.STREAM, IdleScenario.HEAP),
                find(IdleScenario.NAME, full, IdleScenario.STREAM, IdleScenario.COUNT),
                (heap, count) -> new Finding(
                        jdk(full) + ": " + number(heap.median() / 1_024) + " KiB each, " + number(count.median())
                                + " held",
                        heap.median() <= 16 << 10 && count.median() >= 10_000));
    }

    private Stream<Finding> growth(String full) {
        return both(
                find(GrowthScenario.NAME, full, GrowthScenario.MANY, Figures.CALLS),
                find(GrowthScenario.NAME, full, GrowthScenario.ONE, Figures.CALLS),
                (many, one) -> {
                    Ratio ratio = Ratio.of(many, one);
                    return new Finding(jdk(full) + ": " + ratio + " ×", ratio.median() >= 0.8);
                });
    }
}
