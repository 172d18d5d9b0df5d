package io.mcpgate.examples.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Results of 1 MiB: how many bytes a second, and how much heap a gate needs for each of them. */
final class LargeScenario implements Scenario {
    static final String NAME = "large";
    static final String BYTES = "MiB/s";
    static final String HEAP = "heap growth per body under way / body";
    static final String ALLOCATED = "bytes allocated per call / body";

    /** More calls of that size under way only wait for each other. */
    private static final int CONNECTIONS = 4;

    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Over HTTP: results of 1 MiB";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        int targets = 2 + jdks;
        return plan.of(targets, targets, 0).plusSeconds(10);
    }

    static String closed() {
        return HttpScenario.closed(CONNECTIONS);
    }

    private record Watched(Target target, GcLog log) {}

    @Override
    public void run(Bench bench) throws IOException {
        Targets starts = new Targets(bench);
        List<Watched> all = new ArrayList<>(List.of(new Watched(Target.direct(bench.upstream), null)));
        starts.nginx().ifPresent(nginx -> all.add(new Watched(unbuffered(nginx), null)));
        for (Jdk jdk : bench.jdks) {
            Path log = bench.processes.newFolder("gc").resolve("gc.log");
            all.add(new Watched(starts.full(jdk, "-Xlog:gc:file=" + log), new GcLog(log)));
        }
        for (Watched each : all) bench.warm(each.target(), job(bench, each.target(), bench.plan.warm()));
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (Watched each : Bench.order(all, pass)) measure(bench, each);
        }
    }

    /** A proxy that waits for all of it, or puts it on the disk, would be measured for that. */
    static Target unbuffered(Target nginx) {
        return nginx.at(URI.create(nginx.endpoint().toString().replace("/mcp", "/stream/mcp")));
    }

    private static Job job(Bench bench, Target target, Duration time) {
        return bench.calls(target, Fixture.LARGE, CONNECTIONS, time);
    }

    private static void measure(Bench bench, Watched watched) throws IOException {
        Target target = watched.target();
        if (watched.log() != null) bench.heap(target).collect();
        GcLog.Mark mark = watched.log() == null ? null : watched.log().mark();
        Bench.Measured measured = bench.measure(target, job(bench, target, bench.plan.measure()));
        double bytes = measured.outcome().bytes() / MIB / measured.outcome().seconds();
        bench.figures.add(NAME, target.name(), closed(), BYTES, bytes);
        bench.figures.add(NAME, target.name(), closed(), Figures.CPU, measured.cpuSecondsPerThousandCalls());
        bench.figures.add(NAME, target.name(), closed(), Figures.RSS, measured.rssMiB());
        HttpScenario.latency(bench, NAME, target, closed(), measured.outcome().latency());
        if (mark != null) {
            GcLog.Growth growth = watched.log().since(mark);
            double bodies = Fixture.LARGE_BYTES / MIB;
            bench.figures.add(NAME, target.name(), closed(), HEAP, growth.liveMiB() / bodies / CONNECTIONS);
            bench.figures.add(
                    NAME,
                    target.name(),
                    closed(),
                    ALLOCATED,
                    growth.allocatedMiB() / bodies / measured.outcome().sent());
        }
        Bench.say("%s: %.0f MiB/s".formatted(target.name(), bytes));
    }
}
