package io.mcpgate.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public conformance suite, directly and through a gate: nothing may be lost on the way. */
@TestInstance(Lifecycle.PER_CLASS)
class ConformanceIT {
    private static final List<String> LEGACY_CLIENT_SCENARIOS = List.of(
            "initialize",
            "tools_call",
            "elicitation-sep1034-client-defaults",
            "sse-retry",
            "json-schema-2020-12-preservation");
    private static final List<String> MODERN_CLIENT_SCENARIOS = List.of(
            "tools_call",
            "request-metadata",
            "sep-2322-client-request-state",
            "http-standard-headers",
            "http-custom-headers",
            "http-invalid-tool-headers",
            "json-schema-ref-no-deref",
            "json-schema-2020-12-preservation");

    @TempDir
    static Path directory;

    private final List<Run> runs = new ArrayList<>();

    /** One after the other: several scenarios have patience for half a second only. */
    @BeforeAll
    void runTheSuite() throws IOException {
        NodeFixtures.assumeConformanceSuite();
        Suite suite = new Suite(directory);
        try (NodeProcess both = NodeFixtures.start(NodeFixtures.conformanceServer());
                NodeProcess legacy = NodeFixtures.start(NodeFixtures.conformanceServer("--legacy-only"));
                NodeProcess modern = NodeFixtures.start(NodeFixtures.conformanceServer("--modern-only"));
                GateFixture gate = GateLauncher.open(Map.of("legacy", legacy.endpoint(), "modern", modern.endpoint()));
                GateLauncher launcher = GateLauncher.start()) {
            runs.add(servers(suite, Pair.LEGACY_TO_LEGACY, legacy.endpoint(), gate.uri("legacy")));
            runs.add(servers(suite, Pair.MODERN_TO_MODERN, modern.endpoint(), gate.uri("modern")));
            runs.add(servers(suite, Pair.LEGACY_TO_MODERN, both.endpoint(), gate.uri("modern")));
            runs.add(servers(suite, Pair.MODERN_TO_LEGACY, both.endpoint(), gate.uri("legacy")));
            runs.add(clients(suite, Pair.CLIENT_OF_LEGACY, LEGACY_CLIENT_SCENARIOS, launcher.port()));
            runs.add(clients(suite, Pair.CLIENT_OF_MODERN, MODERN_CLIENT_SCENARIOS, launcher.port()));
        }
        System.out.println(ConformanceDocument.of(runs, KnownGaps.of(runs)));
    }

    private static Run servers(Suite suite, Pair pair, URI direct, URI gated) {
        return new Run(pair, suite.server(pair.revision(), direct), suite.server(pair.revision(), gated));
    }

    private static Run clients(Suite suite, Pair pair, List<String> scenarios, int launcher) {
        String script = "conformance-client.mjs";
        return new Run(
                pair,
                clients(suite, pair, scenarios, NodeFixtures.script(script)),
                clients(suite, pair, scenarios, NodeFixtures.script(script, "--through", Integer.toString(launcher))));
    }

    private static Findings clients(Suite suite, Pair pair, List<String> scenarios, List<String> command) {
        return scenarios.stream()
                .map(scenario -> suite.client(pair.revision(), scenario, command))
                .reduce(Findings::and)
                .orElseThrow();
    }

    Stream<Run> runs() {
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void nothingIsWrongWithoutAGate(Run run) {
        assertThat(run.direct().problems()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whatIsPassedDirectlyIsPassedThroughTheGate(Run run) {
        assertThat(run.lostBeside(KnownGaps.of(runs))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aGapThatIsClosedIsNoKnownGap(Run run) {
        assertThat(run.closed(KnownGaps.of(runs))).isEmpty();
    }

    @Test
    void theDocumentSaysWhatWasFound() throws IOException {
        String found = ConformanceDocument.of(runs, KnownGaps.of(runs));
        ConformancePage.THROUGH_A_GATE.writeIfAsked(found);
        assertThat(ConformancePage.THROUGH_A_GATE.read())
                .as("Run this test with -Dmcpgate.conformance.write=true, and commit the document.")
                .isEqualTo(found);
    }
}
