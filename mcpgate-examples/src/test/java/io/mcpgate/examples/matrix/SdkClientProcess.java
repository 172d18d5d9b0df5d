package io.mcpgate.examples.matrix;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A JVM with {@code SdkClient}: one question and one answer at a time, each a line. */
final class SdkClientProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeProcess process;
    private int complained;

    SdkClientProcess(List<String> command) {
        process = NodeFixtures.start(command);
    }

    /** What the client reports that was given those arguments, and what it said meanwhile on standard error. */
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
            return new Report(
                    report.has("error") ? 1 : 0, report, said); // as a client's program ends that never came in
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(arguments + " was answered by no JSON: " + answer + "\n" + said, notJson);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
