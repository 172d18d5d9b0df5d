package io.mcpgate.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mcpgate.examples.interop.Closing;
import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import io.mcpgate.examples.interop.NodeProcess;
import io.mcpgate.examples.tap.Schemas;
import io.mcpgate.examples.tap.Spoken;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every message that the gate sends, to clients and to servers, of every pair of eras and of the merged catalog, is what the
 * specification's schema of its revision says. It is taken from the wire, before the gate and behind it.
 * The other tests do the same in passing, and here is what they must not miss.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SchemaIT {
    private static final String BOTH_ERAS = """
             {'op':'listTools'},
             {'op':'callTool','name':'PREFIXecho','arguments':{'message':'Grüße \\u2603'}},
             {'op':'callTool','name':'PREFIXecho','arguments':{'message':7}},
             {'op':'callTool','name':'PREFIXadd','arguments':{'a':2,'b':3}},
             {'op':'callTool','name':'PREFIXregion','arguments':{'region':'Zürich'}},
             {'op':'callTool','name':'PREFIXfail'},
             {'op':'callTool','name':'PREFIXslow','arguments':{'steps':3,'delayMs':5},'progress':true},
             {'op':'callTool','name':'PREFIXslow','arguments':{'steps':100,'delayMs':20},'cancelOnProgress':1},
             {'op':'callTool','name':'PREFIXlastSlow'},
             {'op':'callTool','name':'PREFIXask','arguments':{'question':'Who?'}},
             {'op':'callTool','name':'PREFIXask','arguments':{'kind':'sampling'}},
             {'op':'callTool','name':'PREFIXask','arguments':{'kind':'roots'}},
             {'op':'callTool','name':'PREFIXnope'},
             {'op':'listPrompts'},
             {'op':'getPrompt','name':'PREFIXgreet','arguments':{'name':'Ada'}},
             {'op':'getPrompt','name':'PREFIXnope'},
             {'op':'complete','ref':{'type':'ref/prompt','name':'PREFIXgreet'},'argument':{'name':'name','value':'A'}},
             {'op':'listResources'},
             {'op':'listTemplates'},
             {'op':'readResource','uri':'SCHEME://motd'},
             {'op':'readResource','uri':'SCHEME://items/two'},
             {'op':'readResource','uri':'SCHEME://nope'},
             {'op':'subscribe','uri':'SCHEME://motd'},
             {'op':'callTool','name':'PREFIXtouch'},
             {'op':'awaitNotification','method':'notifications/resources/updated','uri':'SCHEME://motd','timeout':10000},
             {'op':'unsubscribe','uri':'SCHEME://motd'},
            """;
    private static final String LEGACY = "[" + BOTH_ERAS + """
             {'op':'setLevel','level':'info'},
             {'op':'callTool','name':'PREFIXlogs'},
             {'op':'callTool','name':'PREFIXtoggle'},
             {'op':'awaitNotification','method':'notifications/tools/list_changed','timeout':10000},
             {'op':'ping'}]
            """;
    private static final String MODERN = "[" + BOTH_ERAS + """
             {'op':'listen','filter':{'toolsListChanged':true,'promptsListChanged':true}},
             {'op':'callTool','name':'PREFIXtoggle'},
             {'op':'awaitNotification','method':'notifications/tools/list_changed','timeout':10000},
             {'op':'stopListening'}]
            """;

    private static final List<String> TOLD_TO_BOTH = List.of(
            "tools/list",
            "tools/call",
            "prompts/list",
            "prompts/get",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "completion/complete",
            "notifications/progress",
            "notifications/resources/updated",
            "notifications/tools/list_changed");
    private static final List<String> TOLD_TO_LEGACY = List.of(
            "initialize",
            "ping",
            "resources/subscribe",
            "logging/setLevel",
            "notifications/message",
            "elicitation/create",
            "sampling/createMessage",
            "roots/list");
    private static final List<String> TOLD_TO_MODERN =
            List.of("server/discover", "notifications/subscriptions/acknowledged");

    private final List<NodeProcess> processes = new ArrayList<>();
    private GateFixture gate;

    @BeforeAll
    void start() {
        Schemas.assume();
        NodeFixtures.assumeNode();
        gate = GateFixture.open(
                """
                servers:
                  both-http: {url: "%s"}
                  modern-http: {url: "%s"}
                  legacy-http: {url: "%s"}
                  both-stdio: {command: %s}
                  modern-stdio: {command: %s}
                  legacy-stdio: {command: %s}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                  reader: {keys: ["${env:HASH_READER}"], roles: [reader]}
                roles:
                  admin: {allow: [{tools: ["*"], prompts: ["*"], resources: ["*"], templates: ["*"], methods: ["*"]}]}
                  reader: {allow: [{tools: ["echo"], prompts: ["greet"], resources: ["fixture://motd"]}]}
                audit: {to: memory}
                """.formatted(
                                overHttp(),
                                overHttp("--modern-only"),
                                overHttp("--legacy-only"),
                                GateFixture.list(NodeFixtures.fixtureServerStdio()),
                                GateFixture.list(NodeFixtures.fixtureServerStdio("--modern-only")),
                                GateFixture.list(NodeFixtures.fixtureServerStdio("--legacy-only"))),
                "admin",
                "reader");
    }

    private URI overHttp(String... options) {
        NodeProcess process = NodeFixtures.start(NodeFixtures.fixtureServerHttp(options));
        processes.add(process);
        return process.endpoint();
    }

    @AfterAll
    void stop() {
        Closing.all(gate, () -> processes.forEach(NodeProcess::close));
    }

    static Stream<Arguments> pairs() {
        return Stream.of("both-http", "modern-http", "legacy-http", "both-stdio", "modern-stdio", "legacy-stdio", "")
                .flatMap(server -> Stream.of(Client.TS1, Client.TS2_MODERN).map(client -> arguments(client, server)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatIsSaidIsValid(Client client, String server) {
        String operations = (client == Client.TS2_MODERN ? MODERN : LEGACY)
                .replace("PREFIX", server.isEmpty() ? "both-http__" : "")
                .replace("SCHEME", server.isEmpty() ? "both-http+fixture" : "fixture");

        Report report = NodeFixtures.run(
                client,
                Target.http(gate.uri(server), gate.key("admin")),
                operations,
                "--offer",
                "sampling,elicitation,roots");

        assertThat(report.exitCode()).as(report.stderr()).isZero();
        assertThat(gate.wire().problems()).isEmpty();
        boolean modern = client == Client.TS2_MODERN;
        assertThat(gate.wire().spoken())
                .filteredOn(spoken -> spoken.isToClient() && spoken.isModern() == modern)
                .extracting(Spoken::method)
                .as("so that nothing is valid only because it was not there")
                .containsAll(TOLD_TO_BOTH)
                .containsAll(modern ? TOLD_TO_MODERN : TOLD_TO_LEGACY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25", WireClient.MODERN})
    void whatIsSaidInEachRevisionIsValidAndSoAreRefusals(String revision) {
        HttpClient http = HttpClient.newHttpClient();
        for (String server : List.of("both-http", "modern-http", "legacy-http", "both-stdio", "")) {
            WireClient client = new WireClient(http, gate.uri(server), gate.key("reader"), revision).open();
            String prefix = server.isEmpty() ? "both-http__" : "";
            client.request("a", "tools/list", Map.of());
            client.request("b", "prompts/list", Map.of());
            client.request("c", "resources/list", Map.of());
            client.request(4, "resources/templates/list", Map.of());
            client.tool(5, prefix + "echo", Map.of("message", "hi"));
            client.tool(6, prefix + "add", Map.of("a", 1, "b", 2)); // is not allowed
            client.request(7, "resources/read", Map.of("uri", "fixture://items/one")); // nor is this
            client.request(8, "no/such", Map.of());
            client.request(9, "tools/call", Map.of());
            client.request(10, client.isModern() ? "server/discover" : "ping", Map.of());
            client.request(
                    11,
                    "completion/complete",
                    Map.of(
                            "ref",
                            Map.of("type", "ref/prompt", "name", prefix + "greet"),
                            "argument",
                            Map.of("name", "name", "value", "A")));
        }

        assertThat(gate.wire().problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-25", WireClient.MODERN})
    void whatIsSaidAtTheDoorIsValid(String revision) {
        WireClient stranger = new WireClient(HttpClient.newHttpClient(), gate.uri("both-http"), "", revision);
        stranger.request(1, "initialize", Map.of());
        stranger.post("{}");
        WireClient member =
                new WireClient(HttpClient.newHttpClient(), gate.uri("both-http"), gate.key("admin"), revision);
        member.post("{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"tools/list\"}");
        member.post("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"tools/list\",\"params\":{\"_meta\":{"
                + "\"io.modelcontextprotocol/protocolVersion\":\"2099-01-01\"}}}");
        member.post("[]");
        member.post("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}");

        assertThat(gate.wire().problems()).isEmpty();
    }
}
