package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Every client against every server, without a gateway between them: what each pair can do, to compare with. */
class NodeFixturesTest {
    private static final String OFFER_ALL = "sampling,elicitation,roots";

    @BeforeAll
    static void assumeNode() {
        NodeFixtures.assumeNode();
    }

    /** The names of what a list result lists. */
    private static List<String> names(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(each -> each.path("name").asText())
                .toList();
    }

    private static List<String> methods(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(each -> each.path("method").asText())
                .toList();
    }

    /** In one line, as which a failure to find something is easiest to compare. */
    private static String refusal(Report report, int index) {
        JsonNode result = report.result(index);
        if (result.path("ok").asBoolean()) {
            return result.at("/value/isError").asBoolean() ? "isError " + report.text(index) : "no refusal";
        }
        // The 1.x client puts this before every message that it receives.
        return result.path("code").asText() + " "
                + result.path("message").asText().replaceFirst("^MCP error -\\d+: ", "");
    }

    private static boolean modern(Client client) {
        return client == Client.TS2_MODERN || client == Client.TS2_AUTO;
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class DualEraServer {
        private NodeProcess http;

        @BeforeAll
        void start() {
            http = NodeFixtures.start(NodeFixtures.fixtureServerHttp());
        }

        @AfterAll
        void stop() {
            http.close();
        }

        Stream<Client> clients() {
            return Stream.of(Client.values());
        }

        @ParameterizedTest
        @MethodSource("clients")
        void offersAllOverHttp(Client client) {
            offersAll(client, Target.http(http.endpoint()));
        }

        @ParameterizedTest
        @MethodSource("clients")
        void offersAllOverStdio(Client client) {
            offersAll(client, Target.stdio(NodeFixtures.fixtureServerStdio()));
        }

        private void offersAll(Client client, Target target) {
            Report report = NodeFixtures.run(client, target, """
                    [{'op':'listTools'},
                     {'op':'callTool','name':'echo','arguments':{'message':'Grüße \\u2603'}},
                     {'op':'callTool','name':'add','arguments':{'a':2,'b':3}},
                     {'op':'callTool','name':'fail'},
                     {'op':'callTool','name':'slow','arguments':{'steps':3,'delayMs':20},'progress':true},
                     {'op':'callTool','name':'slow','arguments':{'steps':100},'cancelOnProgress':1},
                     {'op':'callTool','name':'lastSlow'},
                     {'op':'callTool','name':'ask','arguments':{'question':'Who?'}},
                     {'op':'callTool','name':'ask','arguments':{'kind':'sampling'}},
                     {'op':'callTool','name':'ask','arguments':{'kind':'roots'}},
                     {'op':'listPrompts'},
                     {'op':'getPrompt','name':'greet','arguments':{'name':'Ada'}},
                     {'op':'complete','ref':{'type':'ref/prompt','name':'greet'},'argument':{'name':'name','value':'A'}},
                     {'op':'listResources'},
                     {'op':'listTemplates'},
                     {'op':'readResource','uri':'fixture://motd'},
                     {'op':'readResource','uri':'fixture://items/two'}]
                    """, "--offer", OFFER_ALL);

            assertThat(report.exitCode()).isZero();
            assertThat(report.json().at("/server/info/name").asText()).isEqualTo("mcpgate-fixture-server");
            assertThat(report.json().at("/server/era").asText()).isEqualTo(modern(client) ? "modern" : "legacy");
            assertThat(report.json().at("/server/protocolVersion").asText())
                    .isEqualTo(modern(client) ? "2026-07-28" : "2025-11-25");
            assertThat(names(report.value(0).path("tools")))
                    .containsExactly(
                            "echo", "add", "region", "slow", "lastSlow", "fail", "ask", "logs", "toggle", "touch");
            assertThat(report.text(1)).isEqualTo("Grüße ☃");
            assertThat(report.value(2).at("/structuredContent/sum").asInt()).isEqualTo(5);
            assertThat(refusal(report, 3)).isEqualTo("isError It failed.");
            assertThat(report.text(4)).isEqualTo("done after 3 steps");
            assertThat(report.json().path("progress")).hasSize(4); // three of the one, the first of the other
            assertThat(report.result(5).path("message").asText()).endsWith("cancelled by the test");
            assertThat(report.text(6)).contains("\"ended\":\"cancelled\"");
            assertThat(report.text(7)).contains("\"action\":\"accept\"", "\"name\":\"canned\"", "\"asked\":\"Who?\"");
            assertThat(report.text(8)).contains("canned answer to: What is your name?");
            assertThat(report.text(9)).contains("file:///canned/root");
            assertThat(methods(report.json().path("requests")))
                    .containsExactly("elicitation/create", "sampling/createMessage", "roots/list");
            assertThat(names(report.value(10).path("prompts"))).containsExactly("greet");
            assertThat(report.value(11).at("/messages/0/content/text").asText()).isEqualTo("Greet Ada.");
            assertThat(report.value(12).at("/completion/values").toString()).isEqualTo("[\"Ada\",\"Alan\"]");
            assertThat(names(report.value(13).path("resources")))
                    .containsExactly("motd", "item one", "item two", "item three");
            assertThat(report.value(14).at("/resourceTemplates/0/uriTemplate").asText())
                    .isEqualTo("fixture://items/{id}");
            assertThat(report.value(15).at("/contents/0/text").asText()).isEqualTo("Grüße");
            assertThat(report.value(16).at("/contents/0/text").asText()).isEqualTo("{\"id\":\"two\"}");
        }

        @ParameterizedTest
        @MethodSource("clients")
        void refusesUnknownNamesAlikeInBothEras(Client client) {
            Report report = NodeFixtures.run(client, Target.http(http.endpoint()), """
                    [{'op':'callTool','name':'nope'},
                     {'op':'getPrompt','name':'nope'},
                     {'op':'readResource','uri':'fixture://nope'},
                     {'op':'complete','ref':{'type':'ref/prompt','name':'nope'},'argument':{'name':'name','value':'A'}},
                     {'op':'callTool','name':'echo'},
                     {'op':'request','method':'nope/nope','params':{}}]
                    """);

            assertThat(refusal(report, 0)).isEqualTo("-32602 Tool nope not found");
            assertThat(refusal(report, 1)).isEqualTo("-32602 Prompt nope not found");
            assertThat(refusal(report, 2)).isEqualTo("-32602 Resource not found: fixture://nope");
            assertThat(report.result(2).at("/data/uri").asText()).isEqualTo("fixture://nope");
            assertThat(refusal(report, 3)).isEqualTo("-32602 Prompt nope not found");
            assertThat(refusal(report, 4))
                    .startsWith("isError Input validation error: Invalid arguments for tool echo");
            // The 2.x client takes the 404 of the modern era for a failure of HTTP.
            assertThat(report.result(5).path("code").asText())
                    .isEqualTo(modern(client) ? "CLIENT_HTTP_NOT_IMPLEMENTED" : "-32601");
            assertThat(report.result(5).path("message").asText()).contains("Method not found");
        }

        @ParameterizedTest
        @EnumSource(names = {"TS1", "TS2_LEGACY"})
        void tellsLegacyClientsOfChangesUnasked(Client client) {
            Report report = NodeFixtures.run(client, Target.stdio(NodeFixtures.fixtureServerStdio()), """
                    [{'op':'ping'},
                     {'op':'setLevel','level':'info'},
                     {'op':'callTool','name':'logs'},
                     {'op':'awaitNotification','method':'notifications/message','count':2},
                     {'op':'subscribe','uri':'fixture://motd'},
                     {'op':'callTool','name':'touch'},
                     {'op':'awaitNotification','method':'notifications/resources/updated','uri':'fixture://motd'},
                     {'op':'callTool','name':'toggle'},
                     {'op':'awaitNotification','method':'notifications/tools/list_changed'},
                     {'op':'callTool','name':'extra'}]
                    """);

            assertThat(report.value(3)).hasSize(2); // those at debug are left out
            assertThat(report.value(6)).isNotEmpty();
            assertThat(report.value(8)).isNotEmpty();
            assertThat(report.text(9)).isEqualTo("extra");
        }

        @Test
        void tellsLegacyClientsOfChangesOverHttpToo() {
            try (NodeProcess mine = NodeFixtures.start(NodeFixtures.fixtureServerHttp())) {
                Report report = NodeFixtures.run(Client.TS1, Target.http(mine.endpoint()), """
                        [{'op':'sleep','ms':300},
                         {'op':'callTool','name':'toggle'},
                         {'op':'awaitNotification','method':'notifications/tools/list_changed'}]
                        """);

                assertThat(report.value(2)).isNotEmpty();
                assertThat(report.json().at("/server/sessionId").asText()).isNotEmpty();
            }
        }

        @Test
        void tellsModernClientsOfChangesOnTheStreamTheyAskFor() {
            try (NodeProcess mine = NodeFixtures.start(NodeFixtures.fixtureServerHttp())) {
                String operations = """
                        [{'op':'listen','filter':{'toolsListChanged':true}},
                         {'op':'subscribe','uri':'fixture://motd'},
                         {'op':'callTool','name':'touch'},
                         {'op':'awaitNotification','method':'notifications/resources/updated','uri':'fixture://motd'},
                         {'op':'callTool','name':'toggle'},
                         {'op':'awaitNotification','method':'notifications/tools/list_changed'},
                         {'op':'callTool','name':'logs','logLevel':'info'},
                         {'op':'awaitNotification','method':'notifications/message','count':2},
                         {'op':'stopListening'},
                         {'op':'ping'},
                         {'op':'setLevel','level':'info'}]
                        """;
                for (Target target : List.of(
                        Target.http(mine.endpoint()), Target.stdio(NodeFixtures.fixtureServerStdio("--modern-only")))) {
                    Report report = NodeFixtures.run(Client.TS2_MODERN, target, operations);

                    assertThat(report.value(0).toString()).isEqualTo("{\"honoredFilter\":{\"toolsListChanged\":true}}");
                    assertThat(report.value(3)).hasSize(1);
                    assertThat(report.value(5)).hasSize(1);
                    assertThat(report.value(7)).hasSize(2);
                    assertThat(report.value(8).path("closed").asText()).isEqualTo("local");
                    // Refused by the client itself.
                    assertThat(report.result(9).path("code").asText())
                            .isEqualTo("METHOD_NOT_SUPPORTED_BY_PROTOCOL_VERSION");
                    assertThat(report.result(10).path("code").asText())
                            .isEqualTo("METHOD_NOT_SUPPORTED_BY_PROTOCOL_VERSION");
                }
            }
        }

        @Test
        void seesTheMirroredArgumentOfModernClients() {
            Report report = NodeFixtures.run(
                    Client.TS2_MODERN,
                    Target.http(http.endpoint()),
                    "[{'op':'listTools'},{'op':'callTool','name':'region','arguments':{'region':'Zürich'}}]");

            assertThat(report.text(1)).isEqualTo("{\"region\":\"Zürich\",\"header\":\"=?base64?WsO8cmljaA==?=\"}");
        }

        @ParameterizedTest
        @MethodSource("clients")
        void cannotAskAClientThatOffersNothing(Client client) {
            Report report = NodeFixtures.run(client, Target.http(http.endpoint()), "[{'op':'callTool','name':'ask'}]");

            assertThat(refusal(report, 0)).startsWith(modern(client) ? "-32021 Cannot request input" : "isError ");
        }

        @ParameterizedTest
        @EnumSource(names = {"TS1", "TS2_LEGACY"})
        void refusesLegacyClientsIfModernOnly(Client client) {
            try (NodeProcess modernOnly = NodeFixtures.start(NodeFixtures.fixtureServerHttp("--modern-only"))) {
                for (Target target : List.of(
                        Target.http(modernOnly.endpoint()),
                        Target.stdio(NodeFixtures.fixtureServerStdio("--modern-only")))) {
                    Report report = NodeFixtures.run(client, target, "[]");

                    assertThat(report.exitCode()).isOne();
                    assertThat(report.json().at("/error/message").asText()).contains("Unsupported protocol version");
                }
            }
        }
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class Everything {
        private NodeProcess http;

        @BeforeAll
        void start() {
            http = NodeFixtures.start(NodeFixtures.everythingHttp());
        }

        @AfterAll
        void stop() {
            http.close();
        }

        @ParameterizedTest
        @EnumSource(names = "TS2_MODERN", mode = Mode.EXCLUDE)
        void servesLegacyClientsOverHttp(Client client) {
            serves(client, Target.http(http.endpoint()));
        }

        @ParameterizedTest
        @EnumSource(names = "TS2_MODERN", mode = Mode.EXCLUDE)
        void servesLegacyClientsOverStdio(Client client) {
            serves(client, Target.stdio(NodeFixtures.everythingStdio()));
        }

        private void serves(Client client, Target target) {
            // The tools that need the client are registered a moment after the handshake.
            Report report = NodeFixtures.run(client, target, """
                    [{'op':'sleep','ms':600},
                     {'op':'listTools'},
                     {'op':'callTool','name':'echo','arguments':{'message':'hi'}},
                     {'op':'callTool','name':'get-structured-content','arguments':{'location':'Chicago'}},
                     {'op':'callTool','name':'trigger-long-running-operation','arguments':{'duration':4,'steps':4},'progress':true},
                     {'op':'callTool','name':'trigger-sampling-request','arguments':{'prompt':'x'}},
                     {'op':'callTool','name':'trigger-elicitation-request'},
                     {'op':'callTool','name':'get-roots-list'},
                     {'op':'listPrompts'},
                     {'op':'getPrompt','name':'args-prompt','arguments':{'city':'Bern'}},
                     {'op':'complete','ref':{'type':'ref/prompt','name':'completable-prompt'},
                      'argument':{'name':'department','value':'E'}},
                     {'op':'listResources'},
                     {'op':'listTemplates'},
                     {'op':'readResource','uri':'demo://resource/dynamic/text/1'},
                     {'op':'subscribe','uri':'demo://resource/dynamic/text/1'},
                     {'op':'setLevel','level':'debug'},
                     {'op':'ping'}]
                    """, "--offer", OFFER_ALL);

            assertThat(report.json().at("/server/info/name").asText()).isEqualTo("mcp-servers/everything");
            assertThat(report.json().at("/server/era").asText()).isEqualTo("legacy");
            assertThat(report.json().at("/server/protocolVersion").asText()).isEqualTo("2025-11-25");
            assertThat(names(report.value(1).path("tools")))
                    .contains("echo", "get-sum", "trigger-sampling-request", "trigger-elicitation-request");
            assertThat(report.text(2)).isEqualTo("Echo: hi");
            assertThat(report.value(3)
                            .path("structuredContent")
                            .path("conditions")
                            .asText())
                    .isNotEmpty();
            assertThat(report.text(4)).startsWith("Long running operation completed.");
            // On stdio the last one comes together with the result, and both clients lose it.
            assertThat(report.json().path("progress").size()).isBetween(3, 4);
            assertThat(report.text(5)).contains("canned answer to");
            assertThat(report.text(6)).contains("User provided the requested information");
            assertThat(report.text(7)).contains("canned root");
            assertThat(methods(report.json().path("requests")))
                    .contains("roots/list", "sampling/createMessage", "elicitation/create");
            assertThat(names(report.value(8).path("prompts")))
                    .containsExactly("simple-prompt", "args-prompt", "completable-prompt", "resource-prompt");
            assertThat(report.value(9).at("/messages/0/content/text").asText()).contains("Bern");
            assertThat(report.value(10).at("/completion/values/0").asText()).isEqualTo("Engineering");
            assertThat(report.value(11).path("resources")).hasSize(7);
            assertThat(report.value(12).path("resourceTemplates")).hasSize(2);
            assertThat(report.value(13).at("/contents/0/text").asText()).startsWith("Resource 1");
            for (int index = 14; index <= 16; index++)
                assertThat(report.value(index)).isEmpty();
        }

        @ParameterizedTest
        @EnumSource(names = {"TS1", "TS2_LEGACY"})
        void answersAnUnknownToolWithAResultAndTheRestWithErrors(Client client) {
            Report report = NodeFixtures.run(client, Target.stdio(NodeFixtures.everythingStdio()), """
                    [{'op':'callTool','name':'nope'},
                     {'op':'getPrompt','name':'nope'},
                     {'op':'readResource','uri':'nope://nope'},
                     {'op':'request','method':'nope/nope','params':{}}]
                    """);

            // SDK 1.x servers put the code into the message as well.
            assertThat(refusal(report, 0)).isEqualTo("isError MCP error -32602: Tool nope not found");
            assertThat(refusal(report, 1)).endsWith("Prompt nope not found").startsWith("-32602");
            assertThat(refusal(report, 2))
                    .endsWith("Resource nope://nope not found")
                    .startsWith("-32602");
            assertThat(refusal(report, 3)).isEqualTo("-32601 Method not found");
        }

        @Test
        void doesNotServeModernClients() {
            for (Target target : List.of(Target.http(http.endpoint()), Target.stdio(NodeFixtures.everythingStdio()))) {
                Report report = NodeFixtures.run(Client.TS2_MODERN, target, "[]");

                assertThat(report.exitCode()).isOne();
                assertThat(report.json().at("/error/code").asText()).isEqualTo("ERA_NEGOTIATION_FAILED");
            }
        }
    }

    @Nested
    class Filesystem {
        @ParameterizedTest
        @EnumSource(names = "TS2_MODERN", mode = Mode.EXCLUDE)
        void servesTheDirectoryItIsGiven(Client client, @TempDir Path directory) throws IOException {
            Path file = Files.writeString(directory.toRealPath().resolve("hello.txt"), "héllo");

            Report report = NodeFixtures.run(
                    client, Target.stdio(NodeFixtures.filesystem(directory.toRealPath())), """
                    [{'op':'listTools'},
                     {'op':'callTool','name':'read_text_file','arguments':{'path':'%s'}},
                     {'op':'callTool','name':'read_text_file','arguments':{'path':'/etc/hosts'}},
                     {'op':'callTool','name':'nope'},
                     {'op':'getPrompt','name':'nope'}]
                    """.formatted(
                                    file.toString().replace("\\", "\\\\")));

            assertThat(report.json().at("/server/capabilities").toString())
                    .isEqualTo("{\"tools\":{\"listChanged\":true}}");
            assertThat(names(report.value(0).path("tools"))).hasSize(14).contains("write_file", "list_directory");
            assertThat(report.text(1)).isEqualTo("héllo");
            assertThat(report.value(1).at("/structuredContent/content").asText())
                    .isEqualTo("héllo");
            assertThat(refusal(report, 2)).startsWith("isError Access denied");
            assertThat(refusal(report, 3)).isEqualTo("isError MCP error -32602: Tool nope not found");
            assertThat(refusal(report, 4)).isEqualTo("-32601 Method not found"); // it has no prompts at all
        }

        @Test
        void doesNotServeModernClients(@TempDir Path directory) {
            Report report = NodeFixtures.run(Client.TS2_MODERN, Target.stdio(NodeFixtures.filesystem(directory)), "[]");

            assertThat(report.json().at("/error/code").asText()).isEqualTo("ERA_NEGOTIATION_FAILED");
        }
    }

    @Nested
    class Memory {
        @ParameterizedTest
        @EnumSource(names = "TS2_MODERN", mode = Mode.EXCLUDE)
        void remembersInTheFileItIsGiven(Client client, @TempDir Path directory) {
            Path file = directory.resolve("memory.jsonl");

            Report report = NodeFixtures.run(
                    client.command(Target.stdio(NodeFixtures.memory()), """
                            [{'op':'listTools'},
                             {'op':'callTool','name':'create_entities','arguments':{'entities':
                              [{'name':'Ada','entityType':'person','observations':['counts']}]}},
                             {'op':'callTool','name':'read_graph'},
                             {'op':'callTool','name':'nope'},
                             {'op':'readResource','uri':'nope://nope'}]
                            """),
                    Map.of(NodeFixtures.MEMORY_FILE, file.toString()),
                    NodeFixtures.TIMEOUT);

            assertThat(names(report.value(0).path("tools"))).hasSize(9).contains("search_nodes");
            assertThat(report.value(1).at("/structuredContent/entities/0/name").asText())
                    .isEqualTo("Ada");
            assertThat(names(report.value(2).at("/structuredContent/entities"))).containsExactly("Ada");
            assertThat(refusal(report, 3)).isEqualTo("isError MCP error -32602: Tool nope not found");
            assertThat(refusal(report, 4)).startsWith("-32602").endsWith("Resource nope://nope not found");
            assertThat(file).content().contains("Ada");
        }

        @Test
        void doesNotServeModernClients() {
            Report report = NodeFixtures.run(Client.TS2_MODERN, Target.stdio(NodeFixtures.memory()), "[]");

            assertThat(report.json().at("/error/code").asText()).isEqualTo("ERA_NEGOTIATION_FAILED");
        }
    }

    @Nested
    class Processes {
        @Test
        void endWithTheirChildren() {
            ProcessHandle server;
            try (NodeProcess client = NodeFixtures.start(Client.TS1.command(
                    Target.stdio(NodeFixtures.fixtureServerStdio()), "[{'op':'sleep','ms':60000}]"))) {
                server = awaitChild(client);
            }

            assertThat(server.isAlive()).isFalse();
        }

        @Test
        void tellOfMisuse() {
            try (NodeProcess client = NodeFixtures.start(NodeFixtures.script("client-ts1.mjs", "--era", "modern"))) {
                assertThat(client.awaitExit(NodeFixtures.TIMEOUT)).isTrue();
                assertThat(client.exitCode()).isEqualTo(2);
                assertThat(client.stderr()).isNotBlank();
            }
        }

        private ProcessHandle awaitChild(NodeProcess parent) {
            while (parent.process().isAlive()) {
                var child = parent.process().descendants().findFirst();
                if (child.isPresent()) return child.get();
                Thread.onSpinWait();
            }
            throw new AssertionError("It ended without a child: " + parent.stderr());
        }
    }
}
