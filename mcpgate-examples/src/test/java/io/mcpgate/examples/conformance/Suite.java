package io.mcpgate.examples.conformance;

import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Runs the public suite, each time with a directory of its own for the results. */
final class Suite {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final String SCENARIO_TIMEOUT_MS = "180000"; // the suite's own 30 s are few on a busy machine

    private final Path results;

    Suite(Path results) {
        this.results = results;
    }

    /** Every scenario that the revision requires of servers, and those that the suite runs without requiring them. */
    Findings server(String revision, URI server) {
        Path directory = directory("server");
        run(NodeFixtures.conformanceSuite(
                "server",
                "--url",
                server.toString(),
                "--requirements",
                revision,
                "--timeout",
                SCENARIO_TIMEOUT_MS,
                "-o",
                directory.toString()));
        return Findings.read(directory, "server-");
    }

    /** One scenario with a server of the suite; the client gets its URL as an additional argument. */
    Findings client(String revision, String scenario, List<String> client) {
        Path directory = directory("client");
        String command = client.stream().map(word -> '"' + word + '"').collect(Collectors.joining(" "));
        run(NodeFixtures.conformanceSuite(
                "client",
                "--command",
                command,
                "--scenario",
                scenario,
                "--spec-version",
                revision,
                "--timeout",
                SCENARIO_TIMEOUT_MS,
                "-o",
                directory.toString()));
        return Findings.read(directory, "");
    }

    private Path directory(String kind) {
        try {
            return Files.createTempDirectory(results, kind);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Its exit code tells whether something failed, which the results tell better. */
    private static void run(List<String> command) {
        try (NodeProcess suite = NodeFixtures.start(command)) {
            boolean ended = suite.awaitExit(TIMEOUT);
            if (ended && suite.exitCode() <= 1) return;
            throw new AssertionError((ended ? "Exit code " + suite.exitCode() : "Still running after " + TIMEOUT) + ": "
                    + command + "\n" + suite.stdout() + suite.stderr());
        }
    }
}
