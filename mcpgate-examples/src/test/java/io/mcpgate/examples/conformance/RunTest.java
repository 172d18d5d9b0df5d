package io.mcpgate.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.conformance.Findings.Check;
import io.mcpgate.examples.conformance.Findings.Outcome;
import io.mcpgate.examples.conformance.Findings.Status;
import io.mcpgate.examples.conformance.Gap.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    private static final Check PING = new Check("ping", "pong", "Pong");
    private static final Check SCHEMA = new Check("ping", "wire-schema-valid", "WireSchemaValid");

    @TempDir
    Path directory;

    private static Findings findings(Map<Check, Status> found) {
        TreeMap<Check, Outcome> outcomes = new TreeMap<>();
        found.forEach((check, status) -> outcomes.put(check, new Outcome(status, "")));
        return new Findings(outcomes);
    }

    private static Run run(Map<Check, Status> direct, Map<Check, Status> gated) {
        return new Run(Pair.LEGACY_TO_LEGACY, findings(direct), findings(gated));
    }

    private static Gap gap(Pair pair, String... checks) {
        return new Gap(pair, "ping", List.of(checks), Kind.DEFECT, "because");
    }

    @Test
    void losesWhatIsNotMadeThroughTheGateAsWellAsWhatFails() {
        Run run = run(Map.of(PING, Status.SUCCESS, SCHEMA, Status.SUCCESS), Map.of(PING, Status.FAILURE));

        assertThat(run.lost()).containsOnlyKeys(PING, SCHEMA).containsEntry(SCHEMA, Outcome.ABSENT);
    }

    @Test
    void losesNothingThatWasNotPassedDirectly() {
        Run run = run(Map.of(PING, Status.WARNING, SCHEMA, Status.INFO), Map.of(PING, Status.FAILURE));

        assertThat(run.lost()).isEmpty();
    }

    @Test
    void expectsALossThatAGapOfItsPairNames() {
        Run run = run(Map.of(PING, Status.SUCCESS, SCHEMA, Status.SUCCESS), Map.of());

        assertThat(run.lostBeside(List.of(gap(Pair.LEGACY_TO_LEGACY, "pong")))).containsOnlyKeys(SCHEMA);
        assertThat(run.lostBeside(List.of(gap(Pair.LEGACY_TO_LEGACY)))).isEmpty();
        assertThat(run.lostBeside(List.of(gap(Pair.MODERN_TO_MODERN)))).containsOnlyKeys(PING, SCHEMA);
    }

    @Test
    void tellsAGapOfWhichAPartIsCured() {
        Gap both = gap(Pair.LEGACY_TO_LEGACY, "pong", "wire-schema-valid");
        Gap some = gap(Pair.LEGACY_TO_LEGACY);
        Run run = run(Map.of(PING, Status.SUCCESS, SCHEMA, Status.SUCCESS), Map.of(PING, Status.SUCCESS));

        assertThat(run.closed(List.of(both, some))).containsExactly(both);
    }

    @Test
    void readsTheWorstOfACheckThatIsMadeMoreThanOnce() throws IOException {
        Path scenario = Files.createDirectory(directory.resolve("server-ping-2026-11-22T15-32-01-610Z"));
        Files.createDirectory(directory.resolve("server-broken-off-2026-11-22T15-32-01-610Z"));
        Files.writeString(scenario.resolve("checks.json"), """
                [{"id": "pong", "name": "Pong", "status": "SUCCESS"},
                 {"id": "pong", "name": "Pong", "status": "FAILURE", "errorMessage": "no pong"},
                 {"id": "pong", "name": "Pong", "status": "INFO"}]
                """);

        Findings read = Findings.read(directory, "server-");

        assertThat(read.problems()).containsExactly(Map.entry(PING, new Outcome(Status.FAILURE, "no pong")));
        assertThat(read.scenarios()).containsExactly("ping");
    }
}
