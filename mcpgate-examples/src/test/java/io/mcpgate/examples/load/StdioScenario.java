package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code mcpgate wrap} in front of a server on standard input and output, beside the server alone: one call after the other. */
final class StdioScenario implements Scenario {
    static final String NAME = "stdio";
    static final String BARE = "bare server";
    static final String WRAP = "wrap";
    static final String PLAIN = "java -jar … wrap";
    static final String CALLS = "one call after the other";
    static final String START = "from exec to the answered initialize";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "At standard input: `wrap`";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        int targets = 1 + 2 * jdks;
        return plan.of(targets, targets, 0).plusSeconds(3L * plan.starts() * targets);
    }

    private record Program(String name, List<String> command) {}

    @Override
    public void run(Bench bench) throws IOException {
        Path counts = bench.processes.newFolder("counts");
        List<Program> programs = programs(bench, counts);
        for (int start = 0; start < bench.plan.starts(); start++) {
            for (Program each : Bench.order(programs, start)) start(bench, each);
        }
        List<StdioClient> clients = new ArrayList<>();
        for (Program each : programs) clients.add(open(bench, each));
        for (StdioClient each : clients) {
            Bench.say("warming " + each.name());
            call(each, counts, bench.plan.warm());
        }
        for (int pass = 0; pass < bench.plan.passes(); pass++) {
            for (StdioClient each : Bench.order(clients, pass)) measure(bench, each, counts);
        }
    }

    private static List<Program> programs(Bench bench, Path counts) throws IOException {
        List<String> server = NodeProxies.server(bench, counts);
        List<Program> programs = new ArrayList<>(List.of(new Program(BARE, server)));
        for (Jdk jdk : bench.jdks) {
            Path folder = bench.processes.newFolder("wrap");
            Path config = Gate.config(folder, GateConfigs.wrapping(bench.audit(folder)));
            programs.add(new Program(Targets.name(PLAIN, jdk), wrap(bench, jdk, List.of(), config, server)));
            programs.add(new Program(
                    Targets.name(WRAP, jdk), wrap(bench, jdk, options(bench, jdk, config, server), config, server)));
        }
        return programs;
    }

    private static List<String> wrap(Bench bench, Jdk jdk, List<String> options, Path config, List<String> server) {
        List<String> words = new ArrayList<>(options);
        words.addAll(List.of(
                "-jar",
                Gate.jar().toString(),
                "wrap",
                "--config",
                config.toString(),
                "--server",
                GateConfigs.SERVER,
                "--"));
        words.addAll(server);
        return bench.processes.jvm(jdk.java(), words);
    }

    /** Those that docs/wrap.md advises; the archive of classes is made here as it is there. */
    private static List<String> options(Bench bench, Jdk jdk, Path config, List<String> server) throws IOException {
        Path archive = bench.processes.newFolder("classes").resolve("mcpgate.jsa");
        List<String> making = List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable");
        Running first = bench.processes.start("archive", wrap(bench, jdk, making, config, server), Map.of());
        new StdioClient("archive", first).calls(Duration.ofSeconds(1));
        first.awaitEnd();
        if (!Files.exists(archive)) throw first.failed("has written no archive of its classes");
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms8m",
                "-Xmx256m",
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:disable");
    }

    private static StdioClient open(Bench bench, Program program) throws IOException {
        return new StdioClient(
                program.name(),
                bench.processes.start(program.name().replaceAll("\\W+", "-"), program.command(), Map.of()));
    }

    private static void start(Bench bench, Program program) throws IOException {
        long begin = System.nanoTime();
        StdioClient client = open(bench, program);
        client.initialize();
        double millis = (System.nanoTime() - begin) / 1e6;
        bench.figures.add(NAME, program.name(), START, StartScenario.MILLIS, millis);
        client.close();
        Bench.say("%s: started in %.0f ms".formatted(program.name(), millis));
    }

    /** Right answers, and as many as the server counted. */
    private static Quantiles call(StdioClient client, Path counts, Duration time) {
        long before = Counts.sum(counts);
        Quantiles latency = client.calls(time);
        long served = Counts.sum(counts) - before;
        if (served != latency.count())
            throw new IllegalStateException(client.name() + ": " + latency.count() + " calls were answered, and "
                    + served + " reached the server");
        return latency;
    }

    private static void measure(Bench bench, StdioClient client, Path counts) {
        double cpu = client.figures().cpuSeconds();
        Quantiles latency = call(client, counts, bench.plan.measure());
        double used = client.figures().cpuSeconds() - cpu;
        bench.figures.add(NAME, client.name(), CALLS, Figures.P50, latency.p50());
        bench.figures.add(NAME, client.name(), CALLS, Figures.P99, latency.p99());
        bench.figures.add(NAME, client.name(), CALLS, Figures.P999, latency.p999());
        bench.figures.add(NAME, client.name(), CALLS, Figures.CPU, used * 1_000 / latency.count());
        bench.figures.add(
                NAME, client.name(), CALLS, Figures.RSS, client.figures().rssMiB());
        Bench.say("%s: p50 %.0f µs".formatted(client.name(), latency.p50()));
    }
}
