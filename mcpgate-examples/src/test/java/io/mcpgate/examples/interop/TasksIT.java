package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The core tasks of 2025-11-25, between a real client and a real server that both have them. */
@TestInstance(Lifecycle.PER_CLASS)
class TasksIT {
    private static final String OPERATIONS = """
            [{'op':'callTask','name':'TOOL','arguments':{'topic':'gates'}},
             {'op':'callTask','name':'TOOL','arguments':{'topic':'python','ambiguous':true}},
             {'op':'callTask','name':'TOOL','arguments':{'topic':'gates'},'cancel':true}]
            """;

    private NodeProcess everything;
    private GateFixture gate;

    @BeforeAll
    void start() throws IOException {
        NodeFixtures.assumeNode();
        everything = NodeFixtures.start(NodeFixtures.everythingHttp());
        gate = GateFixture.open(
                """
                servers:
                  far: {url: "%s"}
                  child: {command: %s}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                  other: {keys: ["${env:HASH_OTHER}"], roles: [admin]}
                roles: {admin: {allow: [{tools: ["*"], prompts: ["*"], resources: ["*"], templates: ["*"], methods: ["*"]}]}}
                audit: {to: memory}
                """.formatted(everything.endpoint(), GateFixture.list(NodeFixtures.everythingStdio())),
                "admin",
                "other");
    }

    @AfterAll
    void stop() {
        Closing.all(gate, everything);
    }

    private static Report run(Target target, String operations) {
        return NodeFixtures.run(Client.TS1, target, operations, "--offer", "sampling,elicitation,roots");
    }

    @ParameterizedTest
    @ValueSource(strings = {"far", "child"})
    void goThroughTheGateAsTheyGoWithoutIt(String server) {
        Target direct = server.equals("far")
                ? Target.http(everything.endpoint())
                : Target.stdio(NodeFixtures.everythingStdio());
        String tool = "simulate-research-query";

        Target catalog = Target.http(gate.uri(""), gate.key("admin"));
        CompletableFuture<Report> begun =
                CompletableFuture.supplyAsync(() -> run(catalog, OPERATIONS.replace("TOOL", server + "__" + tool)));
        Comparison comparison = Comparison.of(
                () -> run(direct, OPERATIONS.replace("TOOL", tool)),
                () -> run(Target.http(gate.uri(server), gate.key("admin")), OPERATIONS.replace("TOOL", tool)));
        Report merged = begun.join();

        assertThat(outcomes(comparison.direct())).hasSize(3);
        assertThat(outcomes(comparison.gated())).isEqualTo(outcomes(comparison.direct()));
        assertThat(outcomes(merged)).isEqualTo(outcomes(comparison.direct()));
        assertThat(questions(comparison.gated())).isEqualTo(questions(comparison.direct()));
        assertThat(questions(merged)).hasSize(1);

        String id = comparison.gated().value(2).path("taskId").asText();
        assertThat(id).isNotEmpty();
        Report stranger = run(
                Target.http(gate.uri(server), gate.key("other")),
                "[{'op':'request','method':'tasks/get','params':{'taskId':'" + id + "'}}]");
        assertThat(stranger.exitCode()).as(stranger.stderr()).isZero();
        assertThat(stranger.result(0).path("ok").asBoolean()).isFalse();
        assertThat(stranger.result(0).toString()).contains("-32602");
    }

    /** What became of each task; their ids are the servers' own. */
    private static List<String> outcomes(Report report) {
        assertThat(report.exitCode()).as(report.stderr()).isZero();
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            JsonNode task = report.value(i);
            outcomes.add(task.path("ttl") + " " + task.path("listed") + " " + task.path("afterwards")
                    + task.path("cancelled") + " "
                    + task.at("/result/content/0/text").asText());
        }
        return outcomes;
    }

    private static List<String> questions(Report report) {
        List<String> questions = new ArrayList<>();
        report.json()
                .path("requests")
                .forEach(asked -> questions.add(asked.path("method").asText() + " "
                        + asked.at("/params/message").asText()));
        questions.removeIf(question -> question.startsWith("roots/list"));
        return questions;
    }
}
