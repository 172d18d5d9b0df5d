package io.mcpgate.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A client program that is asked again and again, because its start costs more than what it does: the arguments of each run
 * are a line to it, and its report is a line from it. While it is busy, a further one is started. Safe for use by many threads.
 */
public final class ClientPool implements AutoCloseable {
    private final List<String> command;
    private final Queue<Asked> idle = new ConcurrentLinkedQueue<>();
    private final Queue<Asked> started = new ConcurrentLinkedQueue<>();

    /** Starts nothing yet. */
    public ClientPool(List<String> command) {
        this.command = List.copyOf(command);
    }

    /**
     * What the client reports that is given those arguments, and what it said meanwhile on standard error.
     *
     * @throws AssertionError if it takes longer, or ends
     */
    public Report ask(List<String> arguments, Duration timeout) {
        Asked client = idle.poll();
        while (client != null && !client.isAlive()) client = idle.poll();
        if (client == null) {
            client = new Asked(NodeFixtures.start(command));
            started.add(client);
        }
        Report report = client.ask(arguments, timeout);
        idle.add(client); // who has failed is not asked again: its next line might be the answer to this question
        return report;
    }

    @Override
    public void close() {
        started.forEach(Asked::close);
    }

    /** One of them; for one thread after the other. */
    private static final class Asked implements AutoCloseable {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final NodeProcess process;
        private int complained;

        Asked(NodeProcess process) {
            this.process = process;
        }

        boolean isAlive() {
            return process.process().isAlive();
        }

        Report ask(List<String> arguments, Duration timeout) {
            try {
                var in = process.process().getOutputStream();
                in.write((JSON.writeValueAsString(arguments) + "\n").getBytes(StandardCharsets.UTF_8));
                in.flush();
            } catch (IOException gone) {
                throw new UncheckedIOException(process.stderr(), gone);
            }
            String answer = process.awaitLine(timeout);
            String all = process.stderr();
            String said = all.substring(Math.min(complained, all.length()));
            complained = all.length();
            try {
                JsonNode report = JSON.readTree(answer);
                return new Report(report.has("error") ? 1 : 0, report, said); // as it would end that never came in
            } catch (JsonProcessingException notJson) {
                throw new AssertionError(arguments + " was answered by no JSON: " + answer + "\n" + said, notJson);
            }
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
