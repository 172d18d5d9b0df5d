package io.mcpgate.examples.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers as event streams with 50 notifications of progress: how many events a second; and of those that the server writes
 * at an even pace, how much later the client has each of them.
 */
final class SseScenario implements Scenario {
    static final String NAME = "sse";
    static final String EVENTS = "events/s";
    static final String PACED = "every 20 ms, 4 connections";
    static final String LAG_P50 = "lag p50 µs";
    static final String LAG_P99 = "lag p99 µs";

    private static final int CONNECTIONS = 16;
    private static final int PACED_CONNECTIONS = 4;
    private static final String BURST = Fixture.PROGRESS + "50";
    private static final String EVENLY = Fixture.PROGRESS + "50-20";
    /** In {@link #PACED}: an event that comes later than this was kept back. */
    static final double PACE_MICROS = 20_000;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Over HTTP: answers as event streams";
    }

    static String closed() {
        return HttpScenario.closed(CONNECTIONS);
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        int targets = 2 + 2 * jdks;
        return plan.of(targets, 2 * targets, 0).plusSeconds(10 + targets);
    }

    @Override
    public void run(Bench bench) throws IOException {
        List<Target> targets = new ArrayList<>(new Targets(bench).overHttp());
        targets.replaceAll(target -> target.name().equals(Target.NGINX) ? LargeScenario.unbuffered(target) : target);
        for (Target target : targets) bench.warm(target, bench.calls(target, BURST, CONNECTIONS, bench.plan.warm()));
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (Target target : Bench.order(targets, pass)) burst(bench, target);
            for (Target target : Bench.order(targets, pass)) paced(bench, target);
        }
    }

    private static void burst(Bench bench, Target target) throws IOException {
        Bench.Measured measured = bench.measure(target, bench.calls(target, BURST, CONNECTIONS, bench.plan.measure()));
        double events = measured.outcome().events() / measured.outcome().seconds();
        bench.figures.add(NAME, target.name(), closed(), EVENTS, events);
        bench.figures.add(NAME, target.name(), closed(), Figures.CPU, measured.cpuSecondsPerThousandCalls());
        bench.figures.add(NAME, target.name(), closed(), Figures.RSS, measured.rssMiB());
        Bench.say("%s: %.0f events/s".formatted(target.name(), events));
    }

    private static void paced(Bench bench, Target target) throws IOException {
        Quantiles lag = bench.measure(target, bench.calls(target, EVENLY, PACED_CONNECTIONS, bench.plan.measure()))
                .outcome()
                .lag();
        bench.figures.add(NAME, target.name(), PACED, LAG_P50, lag.p50());
        bench.figures.add(NAME, target.name(), PACED, LAG_P99, lag.p99());
        bench.figures.add(NAME, target.name(), PACED, "lag max µs", lag.max());
        Bench.say("%s: events are p50 %.0f µs, at most %.0f µs late".formatted(target.name(), lag.p50(), lag.max()));
    }
}
