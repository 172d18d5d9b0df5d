package io.mcpgate.examples.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The client as a process: each line that it reads is a {@link Job}, each that it prints an {@link Outcome}. One process does
 * all jobs of a run, because it has to be warm like what it measures.
 */
final class LoadClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Printed when the streams of a job are open; the next line that is read ends them. */
    static final String HELD = "held";

    private LoadClient() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try (LoadLoop loop = new LoadLoop(JSON.readValue(line, Job.class), () -> awaitRelease(in))) {
                System.out.println(JSON.writeValueAsString(loop.run()));
            }
        }
    }

    private static void awaitRelease(BufferedReader in) {
        try {
            System.out.println(HELD);
            in.readLine();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
