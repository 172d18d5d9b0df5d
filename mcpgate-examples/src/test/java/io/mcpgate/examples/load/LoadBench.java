package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The long benchmarks: processes, sockets and pipes on one machine. {@code ./mvnw -Pbench package} runs it; see {@link
 * Options} for what it can be told. It prints tables, writes {@code target/load.json} and makes {@code docs/performance.md}
 * anew.
 */
final class LoadBench {
    static final List<Scenario> SCENARIOS = List.of(
            new HttpScenario(),
            new LargeScenario(),
            new SseScenario(),
            new StdioScenario(),
            new IdleScenario(),
            new ListScenario(),
            new GrowthScenario(),
            new StartScenario());

    private LoadBench() {}

    public static void main(String[] args) throws IOException {
        Options options = Options.of(List.of(args), SCENARIOS);
        Machine machine = Machine.here();
        Figures figures = new Figures();
        announce(options, machine);
        for (Scenario scenario : options.scenarios()) {
            System.out.println(scenario.name());
            try (Bench bench = new Bench(options.plan(), options.jdks(), figures)) {
                scenario.run(bench);
            }
        }
        System.out.println(Tables.of(figures));
        Path results = Machine.module().resolve("target/load.json");
        new Results(machine, options.plan().name(), figures.all(), figures.skipped()).writeTo(results);
        System.out.println("All figures: " + results);
    }

    private static void announce(Options options, Machine machine) {
        Duration takes = options.scenarios().stream()
                .map(scenario -> scenario.takes(options.plan(), options.jdks().size()))
                .reduce(Duration.ZERO, Duration::plus);
        System.out.printf(
                "%s, on %s: about %d min %d s%n%s%n",
                String.join(
                        ", ", options.scenarios().stream().map(Scenario::name).toList()),
                String.join(", ", options.jdks().stream().map(Jdk::version).toList()),
                takes.toMinutes(),
                takes.toSecondsPart(),
                machine);
    }
}
