package io.mcpgate.examples.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@link LoadClient} in its process. For one thread. */
final class ClientProcess {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Running process;

    ClientProcess(Processes processes) throws IOException {
        process = processes.program(LoadClient.class);
    }

    /** Does the job; its outcome has not been looked at. */
    Outcome run(Job job) {
        tell(job);
        return outcome(process.readLine());
    }

    /** Holds the job's streams open as long as {@code meanwhile} runs. */
    Outcome hold(Job job, Runnable meanwhile) {
        tell(job.withTask(Job.Task.HOLD_STREAM, 0));
        String line = process.readLine();
        if (!line.equals(LoadClient.HELD)) return outcome(line);
        meanwhile.run();
        process.writeLine("");
        return outcome(process.readLine());
    }

    private void tell(Job job) {
        try {
            process.writeLine(JSON.writeValueAsString(job));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Outcome outcome(String line) {
        try {
            return JSON.readValue(line, Outcome.class);
        } catch (IOException problem) {
            throw new UncheckedIOException(line, problem);
        }
    }
}
