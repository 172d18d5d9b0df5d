package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** {@code mcpgate serve} with the full chain: from its start to the first answered call, and what it takes of the memory. */
final class StartScenario implements Scenario {
    static final String NAME = "start";
    static final String SERVE = "serve, from exec to the first answered call";
    static final String MILLIS = "ms";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Start of `serve`";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        return Duration.ofSeconds(3L * plan.starts() * jdks);
    }

    @Override
    public void run(Bench bench) throws IOException {
        bench.measure(
                Target.direct(bench.upstream), oneCall(bench, Target.direct(bench.upstream))); // the client's first
        for (int start = 0; start < bench.plan.starts(); start++) {
            for (Jdk jdk : Bench.order(bench.jdks, start)) start(bench, jdk);
        }
    }

    private static void start(Bench bench, Jdk jdk) throws IOException {
        Path folder = bench.processes.newFolder("gate-start");
        String server = GateConfigs.at(bench.upstream.endpoint("/mcp"));
        Path config = Gate.config(folder, GateConfigs.full(server, bench.audit(folder)));
        long begin = System.nanoTime();
        Target target = new Targets(bench).gate(Targets.name(Targets.FULL, jdk), jdk, config, GateConfigs.KEY);
        bench.measure(target, oneCall(bench, target));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        bench.figures.add(NAME, target.name(), SERVE, MILLIS, millis);
        bench.figures.add(NAME, target.name(), SERVE, Figures.RSS, target.rssMiB());
        Bench.say("%s: %d ms".formatted(target.name(), millis));
        target.process().close();
    }

    /** A closed loop over in a millisecond: it makes one call. */
    private static Job oneCall(Bench bench, Target target) {
        return bench.calls(target, "small", 1, Duration.ofMillis(1));
    }
}
