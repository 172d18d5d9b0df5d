package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import io.mcpgate.examples.tap.WireTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code mcpgate wrap} in front of a stdio server, in the place where a client's configuration names the server. */
class WrapIT {
    private static final String READER = """
            stdio: {principal: me, roles: [reader]}
            roles:
              reader: {allow: [{tools: ["read_*", "list_directory"]}]}
            audit: {file: "%s"}
            """;

    @TempDir
    Path directory;

    private final WireTap wire = new WireTap();
    private Path served;

    /** Once for all: behind a test that is skipped alone it would be asked what was said in it. */
    @BeforeAll
    static void assumeNode() {
        NodeFixtures.assumeNode();
    }

    @BeforeEach
    void serve() throws IOException {
        served = Files.createDirectory(directory.resolve("served"));
        Files.writeString(served.resolve("a.txt"), "content of a\n");
    }

    @AfterEach
    void whatWasSaidIsValid() throws IOException {
        wire.close();
    }

    private String operations() {
        return """
                [{'op':'listTools'},
                 {'op':'callTool','name':'read_text_file','arguments':{'path':'%1$s/a.txt'}},
                 {'op':'callTool','name':'list_directory','arguments':{'path':'%1$s'}},
                 {'op':'callTool','name':'nope'}]
                """.formatted(served);
    }

    private Target wrapped(List<String> options, List<String> command) {
        List<String> words = McpgateJar.command("wrap");
        words.addAll(options);
        words.add("--");
        words.addAll(wire.child("server", command));
        return Target.stdio(wire.client(words));
    }

    private static JsonNode timeless(JsonNode result) {
        return ((ObjectNode) result).without("millis");
    }

    private static List<String> tools(Report report) {
        List<String> names = new ArrayList<>();
        report.value(0)
                .path("tools")
                .forEach(tool -> names.add(tool.path("name").asText()));
        return names;
    }

    @ParameterizedTest
    @EnumSource(
            value = Client.class,
            names = {"TS1", "TS2_LEGACY"})
    void showsAClientWhatTheServerItselfShows(Client client) {
        List<String> server = NodeFixtures.filesystem(served);

        Comparison comparison = Comparison.of(
                () -> NodeFixtures.run(client, Target.stdio(server), operations()),
                () -> NodeFixtures.run(client, wrapped(List.of("--allow-all"), server), operations()));

        comparison.assertSame();
    }

    @Test
    void worksForAModernClientAndServer() {
        String operations = "[{'op':'listTools'},{'op':'callTool','name':'echo','arguments':{'message':'hi'}}]";
        List<String> server = NodeFixtures.fixtureServerStdio("--modern-only");

        Comparison comparison = Comparison.of(
                () -> NodeFixtures.run(Client.TS2_MODERN, Target.stdio(server), operations),
                () -> NodeFixtures.run(Client.TS2_MODERN, wrapped(List.of("--allow-all"), server), operations));

        comparison.assertSame();
    }

    @ParameterizedTest
    @EnumSource(Client.class)
    void worksForAServerOfTheOtherEra(Client client) {
        String operations = """
                [{'op':'callTool','name':'echo','arguments':{'message':'hi'}},
                 {'op':'callTool','name':'slow','arguments':{'steps':5,'delayMs':100},'progress':true},
                 {'op':'callTool','name':'ask','arguments':{'question':'Who?'}},
                 {'op':'callTool','name':'ask','arguments':{'kind':'roots'}}]
                """;
        String other = client == Client.TS2_MODERN ? "--legacy-only" : "--modern-only";

        Report gated = NodeFixtures.run(
                client,
                wrapped(List.of("--allow-all"), NodeFixtures.fixtureServerStdio(other)),
                operations,
                "--offer",
                "elicitation,roots");

        assertThat(gated.exitCode()).as(gated.stderr()).isZero();
        assertThat(gated.value(0).at("/content/0/text").asText()).isEqualTo("hi");
        assertThat(gated.value(1).at("/content/0/text").asText()).isEqualTo("done after 5 steps");
        assertThat(gated.value(2).at("/content/0/text").asText()).contains("accept", "Who?");
        assertThat(gated.value(3).at("/content/0/text").asText()).contains("roots");
        // Not all of it: a 1.x client loses what it reads together with the result, and a cold program is slow at
        // first.
        assertThat(gated.json().path("progress")).isNotEmpty();
        assertThat(gated.json().path("requests").findValuesAsText("method"))
                .containsExactly("elicitation/create", "roots/list");
    }

    @ParameterizedTest
    @EnumSource(
            value = Client.class,
            names = {"TS1", "TS2_LEGACY"})
    void showsAClientLessWhatPolicyHides(Client client) throws IOException {
        Path audit = directory.resolve("audit.jsonl");
        Path config = Files.writeString(directory.resolve("gate.yaml"), READER.formatted(audit));
        List<String> server = NodeFixtures.filesystem(served);
        String operations = """
                [{'op':'listTools'},
                 {'op':'callTool','name':'read_text_file','arguments':{'path':'%1$s/a.txt'}},
                 {'op':'callTool','name':'write_file','arguments':{'path':'%1$s/b.txt','content':'x'}},
                 {'op':'callTool','name':'nope'}]
                """.formatted(served);

        Comparison comparison = Comparison.of(
                () -> NodeFixtures.run(client, Target.stdio(server), operations.replace("'write_file'", "'echo'")),
                () -> NodeFixtures.run(client, wrapped(List.of("--config", config.toString()), server), operations));
        Report direct = comparison.direct();
        Report gated = comparison.gated();

        assertThat(tools(gated))
                .isEqualTo(tools(direct).stream()
                        .filter(tool -> tool.startsWith("read_") || tool.equals("list_directory"))
                        .toList())
                .isNotEmpty();
        assertThat(timeless(gated.result(1))).isEqualTo(timeless(direct.result(1)));
        assertThat(gated.result(2).path("value").toString())
                .as("a refused tool answers as an unknown one")
                .isEqualTo(direct.result(3).path("value").toString().replace("nope", "write_file"));
        assertThat(served.resolve("b.txt")).doesNotExist();
        try (Stream<String> lines = Files.lines(audit)) {
            assertThat(lines).anyMatch(line -> line.contains("write_file") && line.contains("\"outcome\":\"refused\""));
        }
    }
}
