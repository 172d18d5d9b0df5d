package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lists of tools, of which policy leaves half: what one costs the gate, by their length and by who asks. */
final class ListScenario implements Scenario {
    static final String NAME = "list";
    static final String CPU = "CPU µs per list";
    static final int MANY_PRINCIPALS = 200;
    static final List<Integer> LENGTHS = List.of(10, 100, 1_000);
    private static final String KEY = "mcpgate_load_";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Lists of tools";
    }

    static String variant(int tools, int principals) {
        return tools + " tools, " + principals + (principals == 1 ? " principal" : " principals");
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        return plan.of(LENGTHS.size(), LENGTHS.size() + 1, 0).plusSeconds(10);
    }

    @Override
    public void run(Bench bench) throws IOException {
        List<Target> gates = new ArrayList<>();
        for (int tools : LENGTHS) gates.add(start(bench, tools));
        for (Target gate : gates) bench.warm(gate, lists(bench, gate, 1, bench.plan.warm()));
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (int i : Bench.order(IntStream.range(0, gates.size()).boxed().toList(), pass)) {
                measure(bench, gates.get(i), LENGTHS.get(i), 1);
            }
            measure(bench, gates.get(LENGTHS.size() - 1), LENGTHS.get(LENGTHS.size() - 1), MANY_PRINCIPALS);
        }
    }

    private static void measure(Bench bench, Target gate, int tools, int principals) throws IOException {
        Bench.Measured measured = bench.measure(gate, lists(bench, gate, principals, bench.plan.measure()));
        double micros = measured.cpuSecondsPerThousandCalls() * 1_000;
        String variant = variant(tools, principals);
        bench.figures.add(NAME, gate.name(), variant, CPU, micros);
        bench.figures.add(
                NAME, gate.name(), variant, "lists/s", measured.outcome().callsPerSecond());
        bench.figures.add(NAME, gate.name(), variant, Figures.RSS, measured.rssMiB());
        Bench.say("%s: %.0f µs of CPU".formatted(variant, micros));
    }

    /** One connection for each principal, but four at least. */
    private static Job lists(Bench bench, Target gate, int principals, Duration time) {
        return bench.calls(gate, "small", Math.max(4, principals), time)
                .withKeys(IntStream.range(0, principals)
                        .mapToObj(ListScenario::key)
                        .toList())
                .withTask(Job.Task.LIST, 0);
    }

    private static String key(int principal) {
        return KEY + principal;
    }

    private static Target start(Bench bench, int tools) throws IOException {
        Path folder = bench.processes.newFolder("gate-list");
        String principals = IntStream.range(0, MANY_PRINCIPALS)
                .mapToObj(number -> GateConfigs.principal("p" + number, key(number), List.of("half")))
                .collect(Collectors.joining("\n"));
        String roles = "  half: {allow: [{tools: [\"tool-*1\", \"tool-*3\", \"tool-*5\", \"tool-*7\", \"tool-*9\"]}]}";
        String server = GateConfigs.at(bench.upstream.endpoint("/tools-" + tools));
        String yaml = GateConfigs.full(server, bench.audit(folder), principals, roles);
        return new Targets(bench)
                .gate(Targets.name(Targets.FULL, bench.jdk()), bench.jdk(), Gate.config(folder, yaml), key(0));
    }
}
