package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What every scenario measures with: the client, the server, the processes of the run, its plan, and where figures go. For
 * one thread.
 */
final class Bench implements AutoCloseable {
    /** Larger audit trails are emptied between two measurements: nobody reads them. */
    private static final long AUDIT_BYTES_MAX = 64 << 20;

    private static final int WARMING_LOOPS = 10;

    final Plan plan;
    final List<Jdk> jdks;
    final Processes processes;
    final UpstreamProcess upstream;
    final Figures figures;
    private final ClientProcess client;
    private final List<Path> audits = new ArrayList<>();

    Bench(Plan plan, List<Jdk> jdks, Figures figures) throws IOException {
        this.plan = plan;
        this.jdks = List.copyOf(jdks);
        this.figures = figures;
        this.processes = new Processes(Machine.module().resolve("target/load"), plan.jvm());
        try {
            this.upstream = new UpstreamProcess(processes);
            this.client = new ClientProcess(processes);
        } catch (IOException | RuntimeException failed) {
            processes.close();
            throw failed;
        }
    }

    /** The JDK of the harness itself, or the first that was named. */
    Jdk jdk() {
        return jdks.get(0);
    }

    /** What one job came to: all answers were right, and the server has answered exactly the calls that were made. */
    record Measured(Outcome outcome, double cpuSeconds, double rssMiB) {
        double cpuSecondsPerThousandCalls() {
            return cpuSeconds * 1_000 / outcome.sent();
        }
    }

    Measured measure(Target target, Job job) throws IOException {
        long served = target.served().getAsLong();
        double cpu = target.cpuSeconds();
        Outcome outcome = client.run(job).requireRight(target.name());
        double used = target.cpuSeconds() - cpu;
        long counted = target.served().getAsLong() - served;
        if (job.task() == Job.Task.CALL && counted != outcome.sent())
            throw new IllegalStateException(target.name() + ": " + outcome.sent() + " calls were answered, and "
                    + counted + " reached the server");
        emptyAudits();
        return new Measured(outcome, used, target.rssMiB());
    }

    /**
     * Closed loops whose figures nobody looks at. Several, because what a JVM has compiled for one long loop does not outlive
     * the end of it: when connections close and others open it meets what it had bet against, drops a hundred methods and
     * compiles for ten seconds more, in what was to be measured.
     */
    void warm(Target target, Job job) throws IOException {
        say("warming " + target.name());
        Job part = job.withMillis(Math.max(1, job.millis() / WARMING_LOOPS));
        for (int i = 0; i < WARMING_LOOPS; i++) measure(target, part);
    }

    Job calls(Target target, String tool, int connections, Duration time) {
        return Job.calls(target.endpoint(), target.key(), tool, connections, time);
    }

    /** The order of one pass: each begins with another target, and every second one goes backwards. */
    static <T> List<T> order(List<T> all, int pass) {
        List<T> order = new ArrayList<>(all);
        if (pass % 2 == 1) Collections.reverse(order);
        Collections.rotate(order, pass);
        return order;
    }

    /** The heap of the gate that stands between. */
    Heap heap(Target target) {
        return new Heap(jdk(), target.process().pid()); // any jcmd can ask any JVM
    }

    ClientProcess client() {
        return client;
    }

    /** A file for a gate's audit trail, in its folder. */
    Path audit(Path folder) {
        Path audit = folder.resolve(Gate.AUDIT);
        audits.add(audit);
        return audit;
    }

    /** Gates only append to them. */
    private void emptyAudits() throws IOException {
        for (Path audit : audits) {
            if (!Files.exists(audit) || Files.size(audit) < AUDIT_BYTES_MAX) continue;
            try (FileChannel file = FileChannel.open(audit, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
        }
    }

    static void say(String what) {
        System.out.println("  " + what);
    }

    @Override
    public void close() throws IOException {
        processes.close();
        for (Path audit : audits) Files.deleteIfExists(audit);
    }
}
