package io.mcpgate.examples.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A small call and its answer as JSON: how many a second through each target with 1, 16 and 64 connections, and how long one
 * takes at half of what the gate reaches. Beside them, with 16 connections, what puts a stdio server behind HTTP.
 */
final class HttpScenario implements Scenario {
    static final String NAME = "http";

    /** The concurrency that is warmed up with, of which the targets speak, and from which the rates of open loops follow. */
    static final int CONNECTIONS = 16;

    private static final String TOOL = "small";
    private static final int OPEN_CONNECTIONS = 64;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Over HTTP: a small call";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        int targets = 2 + 2 * jdks;
        int proxies = 3; // with one concurrency only
        return plan.of(targets + proxies, targets * plan.connections().length + proxies, 4 * jdks)
                .plusSeconds(30);
    }

    @Override
    public void run(Bench bench) throws IOException {
        List<Target> targets = new ArrayList<>(new Targets(bench).overHttp());
        Set<Target> proxies = new LinkedHashSet<>(NodeProxies.start(bench));
        targets.addAll(proxies);
        for (Target target : targets) bench.warm(target, bench.calls(target, TOOL, CONNECTIONS, bench.plan.warm()));
        for (int pass = 0; pass < bench.plan.passes(); pass++) closed(bench, Bench.order(targets, pass), proxies);
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (Jdk jdk : bench.jdks) opened(bench, jdk, Bench.order(targetsFor(jdk, targets, proxies), pass));
        }
    }

    static String closed(int connections) {
        return connections + " connections";
    }

    /** At half of what the full gate on that JDK has reached. */
    static String halfOf(Jdk jdk) {
        return halfOf(jdk.label());
    }

    static String halfOf(String jdk) {
        return "half of gate full, " + jdk;
    }

    private static void closed(Bench bench, List<Target> targets, Set<Target> proxies) throws IOException {
        for (int connections : bench.plan.connections()) {
            for (Target target : targets) {
                if (connections != CONNECTIONS && proxies.contains(target)) continue;
                Bench.Measured measured =
                        bench.measure(target, bench.calls(target, TOOL, connections, bench.plan.measure()));
                Outcome outcome = measured.outcome();
                String variant = closed(connections);
                bench.figures.add(NAME, target.name(), variant, Figures.CALLS, outcome.callsPerSecond());
                bench.figures.add(NAME, target.name(), variant, Figures.CPU, measured.cpuSecondsPerThousandCalls());
                bench.figures.add(NAME, target.name(), variant, Figures.RSS, measured.rssMiB());
                latency(bench, NAME, target, variant, outcome.latency());
                Bench.say("%s, %s: %.0f calls/s".formatted(target.name(), variant, outcome.callsPerSecond()));
            }
        }
    }

    /** Only what can keep up with that rate, and is of that JDK if it is a gate. */
    private static List<Target> targetsFor(Jdk jdk, List<Target> all, Set<Target> proxies) {
        List<Target> some = new ArrayList<>(all);
        some.removeAll(proxies);
        some.removeIf(
                target -> target.name().startsWith("gate") && !target.name().endsWith(jdk.label()));
        return some;
    }

    private static void opened(Bench bench, Jdk jdk, List<Target> targets) throws IOException {
        Optional<Figure> peak =
                bench.figures.find(NAME, Targets.name(Targets.FULL, jdk), closed(CONNECTIONS), Figures.CALLS);
        double rate = Math.max(1, Math.floor(peak.orElseThrow().median() / 2));
        String variant = halfOf(jdk);
        for (Target target : targets) {
            Job job = bench.calls(target, TOOL, OPEN_CONNECTIONS, bench.plan.open())
                    .withRate(rate);
            Outcome outcome = bench.measure(target, job).outcome();
            bench.figures.add(NAME, target.name(), variant, "rate", rate);
            bench.figures.add(NAME, target.name(), variant, "calls not sent in time", outcome.late());
            latency(bench, NAME, target, variant, outcome.latency());
            Bench.say("%s at %.0f calls/s: p50 %.0f µs, p99 %.0f µs"
                    .formatted(
                            target.name(),
                            rate,
                            outcome.latency().p50(),
                            outcome.latency().p99()));
        }
    }

    static void latency(Bench bench, String scenario, Target target, String variant, Quantiles latency) {
        bench.figures.add(scenario, target.name(), variant, Figures.P50, latency.p50());
        bench.figures.add(scenario, target.name(), variant, Figures.P99, latency.p99());
        bench.figures.add(scenario, target.name(), variant, Figures.P999, latency.p999());
    }
}
