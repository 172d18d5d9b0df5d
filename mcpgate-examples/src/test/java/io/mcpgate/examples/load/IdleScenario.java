package io.mcpgate.examples.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Clients that do nothing: event streams that stay open, and sessions. What each costs in heap, after a full collection. */
final class IdleScenario implements Scenario {
    static final String NAME = "idle";
    static final String STREAM = "event stream (GET) with its session";
    static final String SESSION = "session";
    static final String COUNT = "held";
    static final String HEAP = "heap bytes each";

    /** Each stream is a socket here, and one in the gate; and there are some more. */
    private static final int OTHER_FILES = 500;

    private static final int SESSION_CONNECTIONS = 50;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Memory of idle streams and sessions";
    }

    @Override
    public Duration takes(Plan plan, int jdks) {
        return Duration.ofSeconds(10 + (plan.streams() + plan.sessions()) / 1_000);
    }

    @Override
    public void run(Bench bench) throws IOException {
        int streams = (int) Math.min(plannedFor(bench), bench.plan.streams());
        Target target = start(bench, "streams");
        touch(bench, target);
        long before = bench.heap(target).liveBytes();
        long[] during = new long[1];
        Outcome held = bench.client().hold(job(bench, target, streams), () -> during[0] = live(bench, target));
        add(bench, target, STREAM, held.requireRight(target.name()).right(), during[0] - before);

        Target other = start(bench, "sessions");
        touch(bench, other);
        before = bench.heap(other).liveBytes();
        int each = bench.plan.sessions() / SESSION_CONNECTIONS;
        Job opening = job(bench, other, SESSION_CONNECTIONS).withTask(Job.Task.OPEN_SESSIONS, each);
        long opened = bench.client().run(opening).requireRight(other.name()).right();
        add(bench, other, SESSION, opened, bench.heap(other).liveBytes() - before);
    }

    private static void add(Bench bench, Target target, String what, long count, long bytes) {
        bench.figures.add(NAME, target.name(), what, COUNT, count);
        bench.figures.add(NAME, target.name(), what, HEAP, (double) bytes / count);
        bench.figures.add(NAME, target.name(), what, Figures.RSS, target.rssMiB());
        Bench.say("%d of %s: %.0f bytes of heap each".formatted(count, what, (double) bytes / count));
    }

    /** As many as there may be open files. */
    private static long plannedFor(Bench bench) throws IOException {
        long files = OpenFiles.max();
        if (files >= bench.plan.streams() + OTHER_FILES) return bench.plan.streams();
        bench.figures.skip(
                "more than " + (files - OTHER_FILES) + " idle streams",
                "this process may only open " + files + " files; raise it by ulimit -n");
        return files - OTHER_FILES;
    }

    private static Job job(Bench bench, Target target, int connections) {
        return bench.calls(target, "small", connections, Duration.ZERO);
    }

    /** So that what is loaded and made with the first calls is not counted. */
    private static void touch(Bench bench, Target target) throws IOException {
        bench.measure(target, bench.calls(target, "small", 4, Duration.ofSeconds(1)));
    }

    private static long live(Bench bench, Target target) {
        try {
            return bench.heap(target).liveBytes();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static Target start(Bench bench, String name) throws IOException {
        Path folder = bench.processes.newFolder("gate-" + name);
        String server =
                GateConfigs.SERVER + ": {connections: 1000000, url: \"" + bench.upstream.endpoint("/mcp") + "\"}";
        Path config = Gate.config(folder, GateConfigs.full(server, bench.audit(folder)));
        List<String> command = bench.processes.jvm(
                bench.jdk().java(),
                List.of("-cp", System.getProperty("java.class.path"), RoomyGate.class.getName(), config.toString()));
        Running running = bench.processes.start("gate-" + name, command, Map.of());
        URI endpoint = URI.create("http://127.0.0.1:" + running.readLine() + "/mcp/" + GateConfigs.SERVER);
        return new Target(
                Targets.name(Targets.FULL, bench.jdk()),
                endpoint,
                GateConfigs.KEY,
                running,
                false,
                bench.upstream::calls);
    }
}
