package io.mcpgate.examples.interop;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real clients on real servers: who may do everything gets through the gate exactly what the same client gets from the same
 * server directly.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TransparencyIT {
    private static final String EVERYTHING = """
            [{'op':'sleep','ms':700},
             {'op':'ping'},
             {'op':'listTools'},
             {'op':'callTool','name':'echo','arguments':{'message':'hi'}},
             {'op':'callTool','name':'get-sum','arguments':{'a':2,'b':3}},
             {'op':'callTool','name':'get-tiny-image'},
             {'op':'callTool','name':'get-structured-content','arguments':{'location':'New York'}},
             {'op':'callTool','name':'nope'},
             {'op':'listPrompts'},
             {'op':'getPrompt','name':'simple-prompt'},
             {'op':'getPrompt','name':'nope'},
             {'op':'listTemplates'},
             {'op':'setLevel','level':'debug'},
             {'op':'readResource','uri':'demo://resource/nope'}]
            """;
    private static final String FILESYSTEM = """
            [{'op':'listTools'},
             {'op':'callTool','name':'read_text_file','arguments':{'path':'DIRECTORY/a.txt'}},
             {'op':'callTool','name':'list_directory','arguments':{'path':'DIRECTORY'}},
             {'op':'callTool','name':'read_text_file','arguments':{'path':'/etc/hostname'}}]
            """;
    private static final String MEMORY = """
            [{'op':'listTools'},
             {'op':'callTool','name':'read_graph','arguments':{}},
             {'op':'callTool','name':'search_nodes','arguments':{'query':'x'}}]
            """;

    @TempDir
    static Path directory;

    private NodeProcess fixtureHttp;
    private NodeProcess fixtureOfGate; // which remembers what was called last
    private NodeProcess everythingHttp;
    private GateFixture gate;

    @BeforeAll
    void start() throws IOException {
        NodeFixtures.assumeNode();
        Files.writeString(directory.resolve("a.txt"), "content of a\n");
        fixtureHttp = NodeFixtures.start(NodeFixtures.fixtureServerHttp());
        fixtureOfGate = NodeFixtures.start(NodeFixtures.fixtureServerHttp());
        everythingHttp = NodeFixtures.start(NodeFixtures.everythingHttp());
        gate = GateFixture.open(
                """
                servers:
                  fixture-http: {url: "%s"}
                  fixture-stdio: {command: %s}
                  everything-http: {url: "%s"}
                  everything-stdio: {command: %s}
                  files: {command: %s}
                  memory: {command: %s, env: {%s: "%s"}}
                principals: {admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}}
                roles: {admin: {allow: [{tools: ["*"], prompts: ["*"], resources: ["*"], templates: ["*"], methods: ["*"]}]}}
                audit: {to: memory}
                """.formatted(
                                fixtureOfGate.endpoint(),
                                GateFixture.list(NodeFixtures.fixtureServerStdio()),
                                everythingHttp.endpoint(),
                                GateFixture.list(NodeFixtures.everythingStdio()),
                                GateFixture.list(NodeFixtures.filesystem(directory)),
                                GateFixture.list(NodeFixtures.memory()),
                                NodeFixtures.MEMORY_FILE,
                                directory.resolve("memory.json")),
                "admin");
    }

    @AfterAll
    void stop() {
        Closing.all(gate, fixtureHttp, fixtureOfGate, everythingHttp);
    }

    static Stream<Arguments> pairs() {
        Stream<Arguments> legacy = Stream.of(Client.TS1, Client.TS2_LEGACY)
                .flatMap(client -> Stream.of(
                                "fixture-http",
                                "fixture-stdio",
                                "everything-http",
                                "everything-stdio",
                                "files",
                                "memory")
                        .map(server -> arguments(client, server)));
        Stream<Arguments> modern =
                Stream.of("fixture-http", "fixture-stdio").map(server -> arguments(Client.TS2_MODERN, server));
        return Stream.concat(legacy, modern);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void getsThroughTheGateWhatItGetsDirectly(Client client, String server) {
        String operations = operations(server);

        Comparison comparison = Comparison.of(
                () -> run(client, direct(server), operations),
                () -> run(client, Target.http(gate.uri(server), gate.key("admin")), operations));

        comparison.assertSame();
    }

    private static Report run(Client client, Target target, String operations) {
        return NodeFixtures.run(client, target, operations, "--offer", "sampling,elicitation,roots");
    }

    private String operations(String server) {
        return switch (server.split("-")[0]) {
            case "fixture" -> Comparison.OPERATIONS;
            case "everything" -> EVERYTHING;
            case "files" -> FILESYSTEM.replace("DIRECTORY", directory.toString());
            default -> MEMORY;
        };
    }

    private Target direct(String server) {
        return switch (server) {
            case "fixture-http" -> Target.http(fixtureHttp.endpoint());
            case "everything-http" -> Target.http(everythingHttp.endpoint());
            case "fixture-stdio" -> Target.stdio(NodeFixtures.fixtureServerStdio());
            case "everything-stdio" -> Target.stdio(NodeFixtures.everythingStdio());
            case "files" -> Target.stdio(NodeFixtures.filesystem(directory));
            default ->
                Target.stdio(Stream.concat(
                                Stream.of("env", NodeFixtures.MEMORY_FILE + "=" + directory.resolve("memory.json")),
                                NodeFixtures.memory().stream())
                        .toList());
        };
    }
}
