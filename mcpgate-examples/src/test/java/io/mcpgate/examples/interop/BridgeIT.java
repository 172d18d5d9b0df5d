package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients of one era at servers that speak only the other: they get through the gate what they get directly from the same
 * server where it speaks their own era.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BridgeIT {
    private NodeProcess bothEras;
    private NodeProcess modernOnly;
    private NodeProcess legacyOnly;
    private GateFixture gate;

    @BeforeAll
    void start() {
        NodeFixtures.assumeNode();
        bothEras = NodeFixtures.start(NodeFixtures.fixtureServerHttp());
        modernOnly = NodeFixtures.start(NodeFixtures.fixtureServerHttp("--modern-only"));
        legacyOnly = NodeFixtures.start(NodeFixtures.fixtureServerHttp("--legacy-only"));
        gate = GateFixture.open(
                """
                servers:
                  modern-http: {url: "%s"}
                  modern-stdio: {command: %s}
                  legacy-http: {url: "%s"}
                  legacy-stdio: {command: %s}
                principals: {admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}}
                roles: {admin: {allow: [{tools: ["*"], prompts: ["*"], resources: ["*"], templates: ["*"], methods: ["*"]}]}}
                audit: {to: memory}
                """.formatted(
                                modernOnly.endpoint(),
                                GateFixture.list(NodeFixtures.fixtureServerStdio("--modern-only")),
                                legacyOnly.endpoint(),
                                GateFixture.list(NodeFixtures.fixtureServerStdio("--legacy-only"))),
                "admin");
    }

    @AfterAll
    void stop() {
        Closing.all(gate, bothEras, modernOnly, legacyOnly);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                arguments(Client.TS1, "modern-http"),
                arguments(Client.TS1, "modern-stdio"),
                arguments(Client.TS2_LEGACY, "modern-http"),
                arguments(Client.TS2_LEGACY, "modern-stdio"),
                arguments(Client.TS2_MODERN, "legacy-http"),
                arguments(Client.TS2_MODERN, "legacy-stdio"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void getsFromAServerOfTheOtherEraWhatItGetsFromOneOfItsOwn(Client client, String server) {
        Comparison comparison = Comparison.of(
                () -> run(client, Target.http(bothEras.endpoint())),
                () -> run(client, Target.http(gate.uri(server), gate.key("admin"))));

        comparison.assertSame(BridgeIT::inOneEra);
    }

    @ParameterizedTest
    @EnumSource(Client.class)
    void findsServersOfBothErasInOneCatalog(Client client) {
        List<String> servers = List.of("modern-http", "modern-stdio", "legacy-http", "legacy-stdio");
        String each = """
                {'op':'callTool','name':'%1$s__echo','arguments':{'message':'to %1$s'}},
                {'op':'callTool','name':'%1$s__ask','arguments':{'question':'Who asks %1$s?'}},
                {'op':'callTool','name':'%1$s__slow','arguments':{'steps':2,'delayMs':10},'progress':true},
                {'op':'getPrompt','name':'%1$s__greet','arguments':{'name':'Ada'}},
                {'op':'readResource','uri':'%1$s+fixture://items/two'}""";
        String operations =
                servers.stream().map(each::formatted).collect(Collectors.joining(",", "[{'op':'listTools'},", "]"));

        Report report = NodeFixtures.run(
                client,
                Target.http(gate.uri(""), gate.key("admin")),
                operations,
                "--offer",
                "sampling,elicitation,roots");

        assertThat(report.exitCode()).as(report.stderr()).isZero();
        assertThat(report.value(0).path("tools").findValuesAsText("name"))
                .contains(servers.stream().map(server -> server + "__echo").toArray(String[]::new));
        for (int i = 0; i < servers.size(); i++) {
            String server = servers.get(i);
            int first = 1 + 5 * i;
            assertThat(report.value(first).at("/content/0/text").asText()).isEqualTo("to " + server);
            assertThat(report.value(first + 1).at("/content/0/text").asText())
                    .contains("accept", "Who asks " + server + "?");
            assertThat(report.value(first + 2).at("/content/0/text").asText()).isEqualTo("done after 2 steps");
            assertThat(report.value(first + 3).at("/messages/0/content/text").asText())
                    .isEqualTo("Greet Ada.");
            assertThat(report.value(first + 4).at("/contents/0/uri").asText())
                    .isEqualTo(server + "+fixture://items/two");
        }
        assertThat(report.json().path("progress")).hasSize(2 * servers.size());
    }

    private static Report run(Client client, Target target) {
        return NodeFixtures.run(client, target, Comparison.OPERATIONS, "--offer", "sampling,elicitation,roots");
    }

    /** Modern servers say with each result who they are, and the SDKs of the eras write members in another order. */
    private static JsonNode inOneEra(JsonNode result) {
        ObjectNode terms = result.deepCopy();
        if (terms.path("value") instanceof ObjectNode value && value.path("_meta") instanceof ObjectNode meta) {
            meta.remove("io.modelcontextprotocol/serverInfo");
            if (meta.isEmpty()) {
                value.remove("_meta");
            }
        }
        if (terms.at("/value/content/0") instanceof ObjectNode text
                && text.path("text").asText().startsWith("{")) {
            text.set("text", json(text.path("text").asText()));
        }
        return terms;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException noJson) {
            throw new AssertionError(noJson);
        }
    }
}
