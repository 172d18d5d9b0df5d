package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.audit.AuditEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What any engine around the endpoint must do with the batches of 2025-03-26, on real sockets. */
abstract class LegacyBatchesScenarios extends EndpointFixture {
    private static final String REVISION = "2025-03-26";
    private static final String NOTIFICATION = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unheard\"}";

    private static String call(String id, String tool) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":{}}}";
    }

    private Sent batch(String session, String... messages) {
        return post("[" + String.join(" , ", messages) + "]").with("Mcp-Session-Id", session);
    }

    private static List<String> events(RawHttp http) {
        List<String> events = new ArrayList<>();
        for (String event = http.event(); event != null; event = http.event()) {
            events.add(event);
        }
        return events;
    }

    private List<String> responses(Sent batch) {
        RawHttp http = batch.begin();
        RawHttp.Answer head = http.head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        return events(http);
    }

    @Test
    void eachRequestIsACallWithAResponseOfItsOwn() {
        String session = session(REVISION);
        List<String> responses = responses(batch(
                session,
                call("1", "echo"),
                NOTIFICATION,
                call("\"1\"", "echo"),
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}"));
        assertThat(responses)
                .hasSize(3)
                .anyMatch(response -> response.contains("\"id\":1,\"result\""))
                .anyMatch(response -> response.contains("\"id\":\"1\",\"result\""))
                .anyMatch(response -> response.contains("\"id\":3,\"result\":{\"tools\""));
        assertThat(up1.methods()).contains("notifications/unheard");
        assertThat(toolCalls()).isEqualTo(2);
        assertThat(audit.events().stream()
                        .filter(event -> event.kind() == AuditEvent.Kind.OUTCOME)
                        .filter(event -> event.method().equals("tools/call")))
                .hasSize(2);
    }

    @Test
    void isAnArrayForWhoTakesNoStream() {
        RawHttp.Answer answer = batch(session(REVISION), call("1", "echo"), call("2", "progress"))
                .with("Accept", "application/json")
                .answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body())
                .startsWith("[{")
                .endsWith("}]")
                .contains("\"id\":1,\"result\"")
                .contains("\"id\":2,\"result\"");
    }

    @Test
    void anArrayOfResponsesHasABound() throws Exception {
        restart(LIMITS.withBatches(100, 150), Set.of(), Set.of());
        String body = batch(session(REVISION), call("1", "echo"), call("2", "echo"))
                .with("Accept", "application/json")
                .answer()
                .body();
        assertThat(body).containsOnlyOnce("\"result\"").containsOnlyOnce("\"error\"");
    }

    @Test
    void mayHaveMoreResponsesThanMayWaitForAReader() {
        String large = "y".repeat(100 << 10);
        String[] calls = IntStream.range(0, 9)
                .mapToObj(id -> call(String.valueOf(id), "echo")
                        .replace("\"arguments\":{}", "\"arguments\":{\"x\":\"" + large + "\"}"))
                .toArray(String[]::new);

        List<String> responses = responses(batch(session(REVISION), calls));

        assertThat(responses).hasSize(9).allMatch(response -> response.contains(large));
    }

    @Test
    void notificationsAloneAreAccepted() {
        RawHttp.Answer answer =
                batch(session(REVISION), NOTIFICATION, NOTIFICATION).answer();
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
        assertThat(up1.methods()).filteredOn("notifications/unheard"::equals).hasSize(2);
    }

    @Test
    void responsesReachWhoAsked() {
        String session = session(REVISION);
        RawHttp http = legacyTool(session, 1, "hold")
                .with("MCP-Protocol-Version", REVISION)
                .begin();
        await().until(() -> up1.held.size() == 1);
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            asked.add(up1.held
                    .get(0)
                    .session()
                    .deliver(up1.held.get(0).requestToClient(RequestId.of(i), "roots/list", Payload.empty()))
                    .toCompletableFuture());
        }
        http.head();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String id = http.event().replaceAll(".*\"id\":([0-9]+).*", "$1");
            answers.add("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"roots\":[]}}");
        }
        assertThat(batch(session, answers.toArray(String[]::new)).status()).isEqualTo(202);
        assertThat(asked)
                .allSatisfy(reply ->
                        assertThat(reply.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Complete.class));
    }

    @Test
    void whatIsWrongWithOneMessageConcernsNoOther() {
        List<String> responses = responses(batch(
                session(REVISION),
                call("1", "echo"),
                "7",
                "[" + call("2", "echo") + "]",
                "{\"jsonrpc\":\"2.0\",\"id\":3}",
                "{\"id\":4,\"method\":\"tools/list\"}",
                call("1.5", "echo"),
                call("1", "echo"),
                "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"initialize\",\"params\":{}}",
                call("8", "nope")));
        assertThat(responses)
                .hasSize(9)
                .anyMatch(response -> response.contains("\"id\":1,\"result\""))
                .anyMatch(response -> response.contains("\"id\":1,\"error\"") && response.contains("twice"))
                .anyMatch(response -> response.contains("\"id\":3,\"error\""))
                .anyMatch(response -> response.contains("\"id\":4,\"error\""))
                .anyMatch(response -> response.contains("\"id\":6,\"error\"") && response.contains("initialized"))
                .anyMatch(response -> response.contains("\"id\":8,\"error\""));
        assertThat(responses)
                .filteredOn(response -> response.contains("\"id\":null,\"error\":{\"code\":-32600"))
                .hasSize(3);
        assertThat(toolCalls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[ ]",
                "[1,2]",
                "[",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]]",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"tools/list\"}]",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"},{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}]",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}},1]"
            })
    void isRefusedAsAWhole(String body) {
        RawHttp.Answer answer =
                post(body).with("Mcp-Session-Id", session(REVISION)).answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"id\":null,\"error\"");
        assertThat(up1.methods()).containsExactly("initialize");
    }

    @Test
    void hasSoManyMessagesAtTheMost() throws Exception {
        restart(LIMITS.withBatches(2, 1 << 20), Set.of(), Set.of());
        String session = session(REVISION);
        assertThat(responses(batch(session, call("1", "echo"), call("2", "echo"))))
                .hasSize(2);
        RawHttp.Answer answer = batch(session, call("1", "echo"), call("2", "echo"), call("3", "echo"))
                .answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("more than 2 messages");
        assertThat(toolCalls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-06-18", "2025-11-25"})
    void isUnknownToLaterRevisions(String revision) {
        RawHttp.Answer answer = batch(session(revision), call("1", "echo")).answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":-32600").contains("2025-03-26 only");
        assertThat(toolCalls()).isZero();
    }

    @Test
    void isUnknownWithoutASessionAndOnTheModernRevision() {
        assertThat(post("[" + call("1", "echo") + "]").status()).isEqualTo(400);
        assertThat(batch(session(REVISION), call("1", "echo"))
                        .with("MCP-Protocol-Version", "2026-07-28")
                        .status())
                .isEqualTo(400);
        assertThat(batch("unknown", call("1", "echo")).status()).isEqualTo(404);
        assertThat(toolCalls()).isZero();
    }

    @Test
    void strangersLearnNothing() {
        String session = session(REVISION);
        List<Sent> batches = List.of(
                batch(session, call("1", "echo"), call("2", "echo")),
                batch(session, "1", call("2", "echo")),
                batch(session, NOTIFICATION, NOTIFICATION),
                batch(session, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"),
                batch(session, NOTIFICATION, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
        for (Sent sent : batches) {
            assertThat(sent.with("Authorization", null).status()).isEqualTo(401);
            assertThat(sent.with("Authorization", "Bearer bob").status()).isEqualTo(404);
        }
        assertThat(up1.methods()).containsExactly("initialize");
    }

    @Test
    void policyDecidesEachMessage() {
        Sent open = initialize().with("Authorization", "Bearer dora");
        String session =
                open.body(open.body.replace("2025-11-25", REVISION)).answer().header("Mcp-Session-Id");
        List<String> responses =
                responses(batch(session, call("1", "hold"), call("2", "echo")).with("Authorization", "Bearer dora"));
        assertThat(responses)
                .hasSize(2)
                .anyMatch(response -> response.contains("\"id\":1,\"error\":{\"code\":403"))
                .anyMatch(response -> response.contains("\"id\":2,\"result\""));
        assertThat(toolCalls()).isEqualTo(1);
    }

    @Test
    void sharesOneStreamThatCanBeResumed() throws Exception {
        String session = session(REVISION);
        RawHttp http = batch(session, call("1", "progress"), call("2", "hold")).begin();
        http.head();
        RawHttp.Event first = http.next();
        assertThat(first.data()).contains("\"progress\":1");
        http.reset();
        up1.release.complete(null);
        RawHttp again =
                onSession("GET", session).with("Last-Event-ID", first.id()).begin();
        assertThat(again.head().status()).isEqualTo(200);
        assertThat(events(again))
                .hasSize(3)
                .anyMatch(event -> event.contains("\"progress\":2"))
                .anyMatch(event -> event.contains("\"id\":1,\"result\""))
                .anyMatch(event -> event.contains("\"id\":2,\"result\""));
    }
}
