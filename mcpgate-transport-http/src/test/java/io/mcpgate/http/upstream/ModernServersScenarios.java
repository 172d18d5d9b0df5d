package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.http.ForwardedHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of 2026-07-28. */
abstract class ModernServersScenarios extends ConnectorFixture {
    private final Map<String, Object> meta = Map.of(
            "io.modelcontextprotocol/protocolVersion",
            "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities",
            Map.of());

    @BeforeEach
    void modern() {
        session = new TestSession("2026-07-28");
        answers((request, out) -> out.json(request.result(OK)));
    }

    private void answers(Then then) {
        server.script((request, out) -> {
            if (request.rpc().equals("server/discover")) {
                out.json(request.result("{\"supportedVersions\":[\"2026-07-28\"],\"resultType\":\"complete\"}"));
            } else {
                then.answer(request, out);
            }
        });
    }

    private Call modernCall(String method, Map<String, ?> params) {
        Map<String, Object> all = new LinkedHashMap<>(params);
        all.put("_meta", meta);
        return call(method, all);
    }

    private ScriptedServer.Received sent(Call call) {
        send(call);
        return server.received(call.method()).get(0);
    }

    @Test
    void answersACallFromAJsonBodyWithoutHandshake() {
        assertOk(send(modernCall("tools/call", Map.of("name", "echo"))));

        assertThat(server.received("initialize")).isEmpty();
        assertThat(server.verb("GET")).isEmpty();
    }

    @Test
    void answersACallFromAStream() {
        answers((request, out) -> {
            out.stream()
                    .event(
                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":1}}")
                    .event(request.result(OK));
            out.end();
        });

        assertOk(send(modernCall("tools/call", Map.of("name", "echo"))));

        assertThat(session.delivered()).extracting(Call::method).containsExactly("notifications/message");
    }

    @Test
    void dropsRequestsOfTheServer() {
        answers((request, out) -> {
            out.stream()
                    .event("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sampling/createMessage\",\"params\":{}}")
                    .event(request.result(OK));
            out.end();
        });

        assertOk(send(modernCall("tools/call", Map.of("name", "echo"))));

        assertThat(session.delivered()).isEmpty();
    }

    @Test
    void closesTheStreamOfACallThatIsCancelledAndSaysNothingElse() {
        answers((request, out) -> {
            out.stream();
            out.awaitDisconnect();
        });
        Call call = modernCall("tools/call", Map.of("name", "slow"));
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().untilAsserted(() -> assertThat(server.received("tools/call")).hasSize(1));

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
        assertThat(server.received("notifications/cancelled")).isEmpty();
        assertThat(connector.exchanges()).isZero();
    }

    @Test
    void closesTheStreamOfACallThatIsCancelledBeforeTheHeadCame() {
        answers((request, out) -> out.awaitDisconnect());
        Call call = modernCall("tools/call", Map.of("name", "slow"));
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().untilAsserted(() -> assertThat(server.received("tools/call")).hasSize(1));

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
    }

    @Test
    void derivesTheHeadersFromTheBody() {
        ScriptedServer.Received called = sent(modernCall("tools/call", Map.of("name", "echo")));
        assertThat(called.headers())
                .containsEntry("MCP-Protocol-Version", "2026-07-28")
                .containsEntry("Mcp-Method", "tools/call")
                .containsEntry("Mcp-Name", "echo")
                .doesNotContainKey("Mcp-Session-Id");

        assertThat(sent(modernCall("resources/read", Map.of("uri", "file:///ä b")))
                        .header("Mcp-Name"))
                .isEqualTo("=?base64?ZmlsZTovLy/DpCBi?=");
        assertThat(sent(modernCall("prompts/get", Map.of("name", "two\r\nX-Evil: 1")))
                        .headers())
                .containsEntry("Mcp-Name", "=?base64?dHdvDQpYLUV2aWw6IDE=?=")
                .doesNotContainKey("X-Evil");
        assertThat(sent(modernCall("tools/list", Map.of())).headers()).doesNotContainKey("Mcp-Name");
        assertThat(sent(modernCall("tasks/get", Map.of("taskId", "t1"))).header("Mcp-Name"))
                .isEqualTo("t1");
    }

    @Test
    void passesParameterHeadersOnAndNoOthers() {
        Call call = modernCall("tools/call", Map.of("name", "echo"));
        ForwardedHeaders forwarded = ForwardedHeaders.of(
                List.of(
                        Map.entry("mcp-param-Region", "eu"),
                        Map.entry("Authorization", "Bearer caller"),
                        Map.entry("Mcp-Name", "other"),
                        Map.entry("Mcp-Param-Bad", "a\r\nX-Evil: 1"),
                        Map.entry("Mcp-Param-", "empty")),
                call.params());
        call = call.with(ForwardedHeaders.KEY, forwarded);

        assertThat(sent(call).headers())
                .containsEntry("Mcp-Param-Region", "eu")
                .containsEntry("Authorization", SECRET)
                .containsEntry("Mcp-Name", "echo")
                .doesNotContainKeys("Mcp-Param-Bad", "Mcp-Param-", "X-Evil");
        assertThat(forwarded.toString()).contains("Region").doesNotContain("eu");
    }

    @Test
    void derivesParameterHeadersFromTheArgumentsThatGoOut() {
        answers((request, out) -> out.json(request.result(
                request.rpc().equals("tools/list")
                        ? "{\"tools\":[{\"name\":\"sql\",\"inputSchema\":{\"properties\":{\"region\":{\"type\":\"string\","
                                + "\"x-mcp-header\":\"Region\"},\"limit\":{\"type\":\"integer\",\"x-mcp-header\":\"Limit\"}}}}]}"
                        : OK)));
        send(modernCall("tools/list", Map.of()));
        Call asked = modernCall("tools/call", Map.of("name", "sql", "arguments", Map.of("region", "eu")));
        ForwardedHeaders said = ForwardedHeaders.of(
                List.of(Map.entry("Mcp-Param-Region", "eu"), Map.entry("Mcp-Param-Other", "x")), asked.params());
        Call masked = modernCall(
                        "tools/call", Map.of("name", "sql", "arguments", Map.of("region", "Übersee", "limit", 5)))
                .with(ForwardedHeaders.KEY, said);

        assertThat(sent(masked).headers())
                .containsEntry("Mcp-Param-Region", "=?base64?w5xiZXJzZWU=?=")
                .containsEntry("Mcp-Param-Limit", "5")
                .doesNotContainKey("Mcp-Param-Other");
    }

    @Test
    void dropsParameterHeadersOfAnUnknownToolWhoseArgumentsWereChanged() {
        Call asked = modernCall("tools/call", Map.of("name", "echo", "arguments", Map.of("region", "eu")));
        ForwardedHeaders said = ForwardedHeaders.of(List.of(Map.entry("Mcp-Param-Region", "eu")), asked.params());
        Call masked = modernCall("tools/call", Map.of("name", "echo", "arguments", Map.of("region", "***")))
                .with(ForwardedHeaders.KEY, said);

        assertThat(sent(masked).headers()).doesNotContainKey("Mcp-Param-Region");
    }

    @Test
    void keepsParameterHeadersWhereOnlyTheToolWasRenamed() {
        Call asked = modernCall("tools/call", Map.of("name", "up__echo", "arguments", Map.of("region", "eu")));
        ForwardedHeaders said = ForwardedHeaders.of(List.of(Map.entry("Mcp-Param-Region", "eu")), asked.params());
        Call renamed = modernCall("tools/call", Map.of("name", "echo", "arguments", Map.of("region", "eu")))
                .with(ForwardedHeaders.KEY, said);

        assertThat(sent(renamed).headers()).containsEntry("Mcp-Param-Region", "eu");
    }

    @Test
    void goesOnWithNoStreamThatEndsBeforeTheResponse() {
        answers((request, out) ->
                out.stream().chunk("id: p1\nretry: 1\ndata:\n\n").end());

        assertFails(send(modernCall("tools/call", Map.of("name", "echo"))), ErrorCode.UNAVAILABLE);

        assertThat(server.verb("GET")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404})
    void readsAnErrorOfTheServerWhateverItsStatus(int status) {
        answers((request, out) -> out.whole(
                status,
                "application/json; charset=utf-8",
                "{\"jsonrpc\":\"2.0\",\"id\":" + request.id()
                        + ",\"error\":{\"code\":-32601,\"message\":\"No such method\",\"data\":{\"x\":1}}}"));

        assertThat(send(modernCall("foo/bar", Map.of()))).isInstanceOfSatisfying(Reply.Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(-32601);
            assertThat(failure.message()).isEqualTo("No such method");
            assertThat(failure.kind()).isNull();
            assertThat(text(failure.data())).isEqualTo("{\"x\":1}");
        });
    }
}
