package io.mcpgate.examples.load;

import java.io.IOException;
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
        if (options.pageOnly()) {
            PerformancePage.write();
            return;
        }
        Machine machine = Machine.here();
        Figures figures = new Figures();
        announce(options, machine);
        boolean failed = false;
        for (Scenario scenario : options.scenarios()) {
            failed |= !succeeds(scenario, options, figures);
            new Results(machine, options.plan().name(), figures.all(), figures.skipped())
                    .writeTo(PerformancePage.results()); // each time, so that a run that is ended leaves what it has
        }
        System.out.println("All figures: " + PerformancePage.results());
        if (options.plan() == Plan.FULL && options.page()) PerformancePage.write();
        if (failed) System.exit(1);
    }

    /** One that fails leaves no figures, and its reason; the others are measured all the same. */
    private static boolean succeeds(Scenario scenario, Options options, Figures figures) {
        System.out.println(scenario.name());
        Figures own = new Figures();
        try (Bench bench = new Bench(options.plan(), options.jdks(), own)) {
            scenario.run(bench);
            System.out.println("\n" + Tables.text(own.all()));
            figures.addAll(own);
            return true;
        } catch (IOException | RuntimeException failed) {
            failed.printStackTrace(System.out);
            figures.addAll(new Figures(List.of(), own.skipped()));
            figures.skip(scenario.name(), "failed: " + failed.getMessage());
            return false;
        }
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
