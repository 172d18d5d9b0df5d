package io.mcpgate.examples.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import io.mcpgate.examples.interop.NodeProcess;
import io.mcpgate.examples.matrix.Matrix.Run;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Real clients at real servers, directly and through a gate: what works directly works through the gate. */
@TestInstance(Lifecycle.PER_CLASS)
class MatrixIT {
    /** Two at a time, and never two at the same server: its tools and what it remembers are changed on the way. */
    private static final List<List<Upstream>> LANES = List.of(
            List.of(Upstream.JAVA_HTTP, Upstream.EVERYTHING_STDIO, Upstream.TS2_HTTP),
            List.of(Upstream.TS2_STDIO, Upstream.EVERYTHING_HTTP, Upstream.JAVA_STDIO));

    @TempDir
    static Path directory;

    private final Map<Run, Map<Feature, Cell>> found = new ConcurrentHashMap<>();
    private Matrix matrix;

    @BeforeAll
    void runAll() throws Exception {
        NodeFixtures.assumeNode();
        ExecutorService lanes = Executors.newFixedThreadPool(LANES.size());
        try (SdkClients clients = new SdkClients(directory);
                SdkHttp java = new SdkHttp();
                NodeProcess everything = NodeFixtures.start(NodeFixtures.everythingHttp());
                NodeProcess both = NodeFixtures.start(NodeFixtures.fixtureServerHttp())) {
            Map<Upstream, URI> http = Map.of(
                    Upstream.JAVA_HTTP, java.asked(),
                    Upstream.EVERYTHING_HTTP, everything.endpoint(),
                    Upstream.TS2_HTTP, both.endpoint());
            try (GateFixture gate = gate(http, java.bystander())) {
                CompletableFuture.allOf(LANES.stream()
                                .map(lane -> CompletableFuture.runAsync(
                                        () -> lane.forEach(upstream -> runAll(upstream, http, gate, clients)), lanes))
                                .toArray(CompletableFuture[]::new))
                        .join();
            }
        } finally {
            lanes.shutdownNow();
        }
        matrix = new Matrix(found);
        System.out.println(MatrixDocument.of(matrix, KnownLoss.ALL));
    }

    /** Who comes for one server sees it in the merged catalog beside a bystander that never says anything of itself. */
    private static GateFixture gate(Map<Upstream, URI> http, URI bystander) {
        String servers = Stream.of(Upstream.values())
                .map(each -> "  %s: {%s}".formatted(each.title(), destination(each, http)))
                .collect(Collectors.joining("\n"));
        String principals = Stream.of(Upstream.values())
                .map(each -> "  %s: {keys: [\"${env:HASH_%s}\"], roles: [%1$s]}"
                        .formatted(key(each), key(each).toUpperCase(Locale.ROOT)))
                .collect(Collectors.joining("\n"));
        String roles = Stream.of(Upstream.values())
                .map(each ->
                        "  %s: {allow: [{server: [%s, bystander], tools: [\"*\"], prompts: [\"*\"], resources: [\"*\"], templates: [\"*\"], methods: [\"*\"]}]}"
                                .formatted(key(each), each.title()))
                .collect(Collectors.joining("\n"));
        return GateFixture.open(
                """
                servers:
                %s
                  bystander: {url: "%s"}
                principals:
                %s
                roles:
                %s
                audit: {to: memory}
                """.formatted(servers, bystander, principals, roles),
                Stream.of(Upstream.values()).map(MatrixIT::key).toArray(String[]::new));
    }

    /** The name of the principal that may use this server. */
    private static String key(Upstream upstream) {
        return "user_of_" + upstream.title().replace('-', '_');
    }

    private static String destination(Upstream upstream, Map<Upstream, URI> http) {
        return http.containsKey(upstream)
                ? "url: \"" + http.get(upstream) + "\""
                : "command: " + GateFixture.list(command(upstream));
    }

    private static List<String> command(Upstream upstream) {
        return switch (upstream) {
            case JAVA_STDIO -> SdkServer.stdio();
            case EVERYTHING_STDIO -> NodeFixtures.everythingStdio();
            case TS2_STDIO -> NodeFixtures.fixtureServerStdio();
            default -> throw new IllegalArgumentException(upstream + " is no program");
        };
    }

    private void runAll(Upstream upstream, Map<Upstream, URI> http, GateFixture gate, SdkClients clients) {
        Map<Mode, Target> targets = new EnumMap<>(Mode.class);
        Target server = http.containsKey(upstream) ? Target.http(http.get(upstream)) : Target.stdio(command(upstream));
        targets.put(Mode.DIRECT, server);
        targets.put(Mode.WRAPPED, server);
        targets.put(Mode.GOVERNED, Target.http(gate.uri(upstream.title()), gate.key(key(upstream))));
        targets.put(Mode.MERGED, Target.http(gate.uri(""), gate.key(key(upstream))));
        Run.all()
                .filter(run -> run.upstream() == upstream && run.possible())
                .forEach(run -> found.put(run, run(run, targets.get(run.mode()), clients)));
    }

    private static Map<Feature, Cell> run(Run run, Target target, SdkClients clients) {
        Script script = Script.of(run.client(), run.upstream(), run.mode());
        return script.cells(run.client().run(clients, target, run.mode(), script.operations()));
    }

    @Test
    void whatWorksDirectlyWorksThroughTheGate() {
        assertThat(matrix.unexplained(KnownLoss.ALL)).isEmpty();
    }

    @Test
    void whatIsNoLongerLostIsNoKnownLoss() {
        assertThat(matrix.closed(KnownLoss.ALL)).isEmpty();
    }

    @Test
    void theDocumentSaysWhatWasFound() throws IOException {
        Path document = NodeFixtures.moduleDirectory().resolveSibling("docs").resolve("interop.md");
        String said = MatrixDocument.of(matrix, KnownLoss.ALL);
        if (Boolean.getBoolean("mcpgate.interop.write")) Files.writeString(document, said);
        assertThat(document)
                .as("Run this test with -Dmcpgate.interop.write=true, and commit the document.")
                .hasContent(said);
    }
}
