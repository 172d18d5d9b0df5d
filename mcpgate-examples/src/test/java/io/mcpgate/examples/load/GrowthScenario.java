package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether a call costs more where there is more: servers, tools that are called, roles of the caller. */
final class GrowthScenario implements Scenario {
    static final String NAME = "growth";
    static final String ONE = "one of each";
    static final String MANY = "1,000 servers, 10,000 tools, 1,000 roles";

    private static final int SERVERS = 1_000;
    private static final int TOOLS_EACH = 10;
    private static final String KEY = GateConfigs.KEY;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Where there is more of everything";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        return plan.of(2, 2, 0).plusSeconds(10);
    }

    private record Sized(String variant, Target target, int servers, int toolsEach) {}

    @Override
    public void run(Bench bench) throws IOException {
        List<Sized> both = List.of(
                new Sized(ONE, start(bench, 1, 1), 1, 1),
                new Sized(MANY, start(bench, SERVERS, TOOLS_EACH), SERVERS, TOOLS_EACH));
        for (Sized each : both) bench.warm(each.target(), job(bench, each, bench.plan.warm()));
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (Sized each : Bench.order(both, pass)) {
                Target target = each.target();
                Bench.Measured measured = bench.measure(target, job(bench, each, bench.plan.measure()));
                double calls = measured.outcome().callsPerSecond();
                bench.figures.add(NAME, target.name(), each.variant(), Figures.CALLS, calls);
                bench.figures.add(
                        NAME, target.name(), each.variant(), Figures.CPU, measured.cpuSecondsPerThousandCalls());
                bench.figures.add(NAME, target.name(), each.variant(), Figures.RSS, measured.rssMiB());
                Bench.say("%s: %.0f calls/s".formatted(each.variant(), calls));
            }
        }
    }

    /** Every connection is at another server, if there are so many, and calls the tools by turns. */
    private static Job job(Bench bench, Sized sized, Duration time) {
        int connections = HttpScenario.CONNECTIONS;
        String base = sized.target().endpoint().getPath().replaceFirst("s0$", "s");
        List<String> paths = IntStream.range(0, connections)
                .mapToObj(number -> base + number * (sized.servers() / connections))
                .toList();
        return bench.calls(sized.target(), "small", connections, time)
                .withPaths(sized.servers() == 1 ? List.of(base + 0) : paths)
                .withTools(tools(sized.servers(), sized.toolsEach()));
    }

    private static List<String> tools(int groups, int each) {
        return IntStream.range(0, groups * each)
                .mapToObj(number -> "t" + number / each + "-" + number % each)
                .toList();
    }

    private static Target start(Bench bench, int size, int toolsEach) throws IOException {
        Path folder = bench.processes.newFolder("gate-growth");
        List<String> roles =
                IntStream.range(0, size).mapToObj(number -> "r" + number).toList();
        String yaml = GateConfigs.full(
                IntStream.range(0, size)
                        .mapToObj(number -> "s" + number + ": {url: \"" + bench.upstream.endpoint("/mcp") + "\"}")
                        .collect(Collectors.joining("\n")),
                bench.audit(folder),
                GateConfigs.principal("bench", KEY, roles),
                IntStream.range(0, size)
                        .mapToObj(number -> "  r" + number + ": {allow: [{tools: [\"t" + number + "-*\"]}]}")
                        .collect(Collectors.joining("\n")));
        return new Targets(bench)
                .gateAt("s0", Targets.name(Targets.FULL, bench.jdk()), bench.jdk(), Gate.config(folder, yaml), KEY);
    }
}
