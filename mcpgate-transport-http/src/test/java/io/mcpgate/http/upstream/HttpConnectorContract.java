package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.http.ForwardedHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine has to bring about, against real sockets. */
abstract class HttpConnectorContract extends EngineScenarios {
    @Nested
    class LegacyServers {
        @Test
        void answersACallFromAJsonBody() {
            assertOk(echo());
        }

        @Test
        void sendsTheHeadersOfTheSessionAfterTheHandshake() {
            echo();

            ScriptedServer.Received initialize = server.received("initialize").get(0);
            assertThat(initialize.headers()).doesNotContainKeys("Mcp-Session-Id", "MCP-Protocol-Version");
            ScriptedServer.Received called = server.received("tools/call").get(0);
            assertThat(called.header("Mcp-Session-Id")).isEqualTo("s-1");
            assertThat(called.header("MCP-Protocol-Version")).isEqualTo("2025-06-18");
            assertThat(called.header("Accept")).isEqualTo("application/json, text/event-stream");
            assertThat(called.header("Content-Type")).isEqualTo("application/json");
            assertThat(called.header("Authorization")).isEqualTo(SECRET);
            assertThat(called.headers()).doesNotContainKeys("Mcp-Method", "Mcp-Name", "Cookie", "X-Api-Key");
        }

        @Test
        void answersACallFromAStreamWithProgressAndARequestOfTheServer() {
            CountDownLatch sampled = new CountDownLatch(1);
            afterHandshake((request, out) -> {
                if (request.rpc().isEmpty()) { // the answer to what the server asked
                    out.empty(202);
                    sampled.countDown();
                    return;
                }
                out.stream()
                        .chunk(": hello\n\nid: 1\nretry: 10\ndata:\n\n")
                        .event(
                                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
                                        + request.token() + ",\"progress\":1}}")
                        .event(
                                "{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"method\":\"sampling/createMessage\",\"params\":{}}");
                try {
                    assertThat(sampled.await(5, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                out.event(request.result(OK));
                out.end();
            });
            Call call = call("tools/call", Map.of("name", "echo", "_meta", Map.of("progressToken", "mine")));

            assertOk(send(call));

            assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/progress", "sampling/createMessage");
            Call progress = session.delivered().get(0);
            assertThat(progress.params().members()).containsEntry("progressToken", "mine");
            assertThat(progress.parent().orElseThrow().id()).isEqualTo(call.id());
            assertThat(session.delivered().get(1).parent().orElseThrow().id()).isEqualTo(call.id());
            assertThat(server.received())
                    .anySatisfy(
                            answer -> assertThat(answer.body())
                                    .isEqualTo(
                                            "{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"result\":{\"answered\":\"sampling/createMessage\"}}"));
        }

        @Test
        void carriesWhatTheServerSaysOnItsGeneralStream() {
            server.script((request, out) -> {
                if (request.verb().equals("GET")) {
                    out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
                    out.awaitDisconnect();
                } else {
                    legacy(request, out);
                }
            });

            assertOk(echo());

            await().untilAsserted(() -> assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed"));
            assertThat(session.delivered().get(0).parent()).isEmpty();
            ScriptedServer.Received get = server.verb("GET").get(0);
            assertThat(get.header("Accept")).isEqualTo("text/event-stream");
            assertThat(get.header("Mcp-Session-Id")).isEqualTo("s-1");
            assertThat(get.header("MCP-Protocol-Version")).isEqualTo("2025-06-18");
        }

        @Test
        void opensABrokenGeneralStreamAgainBehindTheLastEvent() {
            server.script((request, out) -> {
                if (request.verb().equals("GET") && server.verb("GET").size() == 1) {
                    out.stream().chunk("id: e7\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n");
                    out.hangUp();
                } else if (request.verb().equals("GET")) {
                    out.stream();
                    out.awaitDisconnect();
                } else {
                    legacy(request, out);
                }
            });

            assertOk(echo());

            await().untilAsserted(() -> assertThat(server.verb("GET")).hasSize(2));
            assertThat(server.verb("GET").get(0).headers()).doesNotContainKey("Last-Event-ID");
            assertThat(server.verb("GET").get(1).header("Last-Event-ID")).isEqualTo("e7");
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 405})
        void asksOnlyOnceForAGeneralStreamThatTheServerHasNot(int status) {
            server.script((request, out) -> {
                if (request.verb().equals("GET")) {
                    out.empty(status);
                } else {
                    legacy(request, out);
                }
            });

            assertOk(echo());
            await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
            assertOk(echo());

            await().during(Duration.ofMillis(1_200))
                    .untilAsserted(() -> assertThat(server.verb("GET")).hasSize(1));
        }

        @Test
        void opensASessionAgainThatTheServerHasForgotten() {
            assertOk(echo());
            AtomicInteger lost = new AtomicInteger();
            afterHandshake((request, out) -> {
                if (lost.getAndIncrement() == 0) {
                    out.whole(
                            404,
                            "application/json",
                            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32001,\"message\":\"Session not found\"},\"id\":null}");
                } else {
                    out.json(request.result(OK));
                }
            });

            assertOk(echo());

            assertThat(server.received("initialize")).hasSize(2);
            assertThat(server.received("tools/call")).hasSize(3);
            assertThat(server.verb("DELETE")).isEmpty();
        }

        @Test
        void endsTheSessionWhenItIsClosed() {
            echo();

            upstream.close();

            await().untilAsserted(() -> assertThat(server.verb("DELETE")).hasSize(1));
            ScriptedServer.Received farewell = server.verb("DELETE").get(0);
            assertThat(farewell.header("Mcp-Session-Id")).isEqualTo("s-1");
            assertThat(farewell.header("Authorization")).isEqualTo(SECRET);
        }

        @Test
        void failsWhatIsUnderWayWhenItIsClosed() {
            afterHandshake((request, out) -> out.awaitDisconnect());
            CompletableFuture<Reply> reply =
                    upstream.forward(call("tools/call", Map.of("name", "slow"))).toCompletableFuture();
            await().untilAsserted(
                            () -> assertThat(server.received("tools/call")).hasSize(1));

            upstream.close();

            assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.UNAVAILABLE);
            assertThat(connector.exchanges()).isZero();
        }

        @Test
        void tellsTheServerThatACallWasCancelledAndOnlyThenClosesItsStream() {
            afterHandshake((request, out) -> {
                if (request.rpc().equals("notifications/cancelled")) {
                    assertThat(server.disconnects()).isZero();
                    out.empty(202);
                } else {
                    out.stream();
                    out.awaitDisconnect();
                }
            });
            Call call = call("tools/call", Map.of("name", "slow"));
            CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
            await().untilAsserted(
                            () -> assertThat(server.received("tools/call")).hasSize(1));

            call.cancellation().cancel();

            assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
            await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
            String id = server.received("tools/call").get(0).id();
            assertThat(server.received("notifications/cancelled").get(0).body()).contains("\"requestId\":" + id);
        }

        @Test
        void dropsAnAnswerThatComesAfterTheCancellation() {
            CountDownLatch cancelled = new CountDownLatch(1);
            afterHandshake((request, out) -> {
                if (request.rpc().equals("notifications/cancelled")) {
                    cancelled.countDown();
                    return; // never answered, so the stream stays open
                }
                out.stream();
                try {
                    cancelled.await(5, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                out.event(request.result(OK));
                out.end();
            });
            Call call = call("tools/call", Map.of("name", "slow"));
            CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
            await().untilAsserted(
                            () -> assertThat(server.received("tools/call")).hasSize(1));

            call.cancellation().cancel();

            assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
            server.script(HttpConnectorContract.this::legacy);
            assertOk(echo());
        }

        @Test
        void opensASessionAgainWhenItsGeneralStreamIsNotGoneOnWith() {
            AtomicInteger sessions = new AtomicInteger();
            server.script((request, out) -> {
                boolean first = "s-1".equals(request.header("Mcp-Session-Id"));
                if (request.rpc().equals("initialize")) {
                    out.json(
                            request.result("{\"protocolVersion\":\"2025-06-18\"}"),
                            "Mcp-Session-Id: s-" + sessions.incrementAndGet());
                } else if (request.verb().equals("GET") && first && request.header("Last-Event-ID") != null) {
                    out.empty(404);
                } else if (request.verb().equals("GET") && first) {
                    out.stream().chunk("id: e1\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n");
                    out.hangUp();
                } else if (request.verb().equals("GET")) {
                    out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
                    out.awaitDisconnect();
                } else {
                    legacy(request, out);
                }
            });
            assertOk(echo());
            await().untilAsserted(() -> assertThat(server.verb("GET")).hasSize(2));
            await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());

            assertOk(echo());

            assertThat(server.received("initialize")).hasSize(2);
            assertThat(server.received("tools/call").get(1).header("Mcp-Session-Id"))
                    .isEqualTo("s-2");
            await().untilAsserted(() -> assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/x", "notifications/tools/list_changed"));
        }

        @Test
        void answersWhatTheServerAsksOnItsGeneralStream() {
            server.script((request, out) -> {
                if (request.verb().equals("GET")) {
                    out.stream().event("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"method\":\"roots/list\"}");
                    out.awaitDisconnect();
                } else if (request.body().contains("\"result\"")) {
                    out.empty(202);
                } else {
                    legacy(request, out);
                }
            });

            assertOk(echo());

            String answer = "{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"result\":{\"answered\":\"roots/list\"}}";
            await().untilAsserted(() -> assertThat(server.received())
                    .filteredOn(request -> request.body().equals(answer))
                    .hasSize(1)
                    .allMatch(request -> "s-1".equals(request.header("Mcp-Session-Id"))));
            assertThat(session.delivered().get(0).parent()).isEmpty();
        }

        @Test
        void dropsOnTheGeneralStreamWhatACallIsAnsweredWith() {
            CompletableFuture<ScriptedServer.Received> called = new CompletableFuture<>();
            CountDownLatch repeated = new CountDownLatch(1);
            server.script((request, out) -> {
                if (request.verb().equals("GET")) {
                    out.stream()
                            .event(called.join().result("{\"content\":[\"not this one\"]}"))
                            .event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}");
                    repeated.countDown();
                    out.awaitDisconnect();
                } else if (!handshake(request, out)) {
                    called.complete(request);
                    await().until(() -> !session.delivered().isEmpty()); // what came behind it has been read
                    out.json(request.result(OK));
                }
            });

            assertOk(echo());

            assertThat(repeated.getCount()).isZero();
            assertThat(session.delivered()).extracting(Call::method).containsExactly("notifications/x");
        }

        @Test
        void saysThatThereIsNoMcpAtAnAddressWhereNeitherTransportIsSpoken() {
            server.script((request, out) -> out.whole(405, "text/plain", "Method not allowed"));

            Reply reply = send(call("initialize", Map.of("protocolVersion", "2024-11-05")));

            assertFails(reply, ErrorCode.BAD_UPSTREAM);
            assertThat(((Reply.Failure) reply).message()).contains("HTTP 405", "no MCP at this address");
            assertThat(server.verb("POST")).hasSize(1);
            assertThat(server.verb("GET")).hasSize(1);
        }

        @Test
        void asksForNoOtherTransportWhereTheHandshakeWasRefusedInJsonRpc() {
            server.script((request, out) -> out.whole(
                    400,
                    "application/json",
                    "{\"jsonrpc\":\"2.0\",\"id\":" + request.id()
                            + ",\"error\":{\"code\":-32022,\"message\":\"Unsupported\"}}"));

            assertThat(send(call("initialize", Map.of())))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.code()).isEqualTo(-32022));
            assertThat(server.verb("GET")).isEmpty();
        }

        @Test
        void usesAConnectionAgainForTheNextCall() {
            for (int i = 0; i < 20; i++) {
                assertOk(echo());
            }
            assertThat(server.received("tools/call")).hasSize(20);
            assertThat(server.connections()).isLessThan(12); // a call may come before the last connection is free
            await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
        }

        @Test
        void holdsAStreamBackWhoseEventsTheClientDoesNotTake() {
            CompletableFuture<Reply> slow = new CompletableFuture<>();
            session.client(call -> slow);
            AtomicInteger written = new AtomicInteger();
            String event = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"data\":\""
                    + "x".repeat(8_000) + "\"}}";
            afterHandshake((request, out) -> {
                out.stream();
                for (int i = 0; i < 2_000; i++) { // 16 MB, more than the sockets hold
                    out.event(event);
                    written.incrementAndGet();
                }
                out.event(request.result(OK));
                out.end();
            });
            CompletableFuture<Reply> reply = upstream.forward(call("tools/call", Map.of("name", "chatty")))
                    .toCompletableFuture();

            await().untilAsserted(() -> assertThat(session.delivered()).isNotEmpty());
            await().during(Duration.ofMillis(300))
                    .untilAsserted(() -> assertThat(session.delivered()).hasSizeLessThan(100));
            assertThat(written.get()).isLessThan(2_000);

            slow.complete(Reply.accepted());
            assertOk(reply.orTimeout(20, TimeUnit.SECONDS).join());
            assertThat(session.delivered()).hasSize(2_000);
        }
    }

    @Nested
    class ModernServers {
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
            await().untilAsserted(
                            () -> assertThat(server.received("tools/call")).hasSize(1));

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
            await().untilAsserted(
                            () -> assertThat(server.received("tools/call")).hasSize(1));

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

    @Nested
    class BadServers {
        private static final String HIDDEN = "{\"tools\":[{\"name\":\"hidden_tool\"}]}";

        private Reply answered(Then then) {
            afterHandshake(then);
            return send(call("tools/list", Map.of()));
        }

        private void stillWorks() {
            server.script(HttpConnectorContract.this::legacy);
            assertOk(echo());
            await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
        }

        @ParameterizedTest
        @ValueSource(strings = {"Application/JSON", "APPLICATION/json ; charset=utf-8", "application/json;"})
        void takesTheMediaTypeInAnyCaseAndWithParameters(String type) {
            assertThat(answered((request, out) -> out.whole(200, type, request.result(HIDDEN))))
                    .isInstanceOf(Reply.Complete.class);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "text/html",
                    "text/plain",
                    "application/jsonx",
                    "application/json, text/html",
                    "application/problem+json"
                })
        void takesNoOtherMediaType(String type) {
            assertFails(
                    answered((request, out) -> out.whole(200, type, request.result(HIDDEN))), ErrorCode.BAD_UPSTREAM);
            stillWorks();
        }

        @ParameterizedTest
        @ValueSource(ints = {201, 206, 301, 307, 500, 502, 400, 404, 418})
        void takesNoResultWithAnotherStatus(int status) {
            server.script((request, out) -> {
                if (request.rpc().equals("initialize")) { // without a session, so that 404 is just a status
                    out.json(request.result("{\"protocolVersion\":\"2025-06-18\"}"));
                } else if (!handshake(request, out)) {
                    out.whole(status, "application/json", request.result(HIDDEN), "Location: http://127.0.0.1:1/");
                }
            });

            assertFails(send(call("tools/list", Map.of())), ErrorCode.BAD_UPSTREAM);
            assertThat(server.received("tools/list")).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(ints = {401, 403})
        void saysThatItsCredentialWasRefused(int status) {
            Reply reply = answered((request, out) -> out.whole(status, "application/json", request.result(HIDDEN)));

            assertFails(reply, ErrorCode.UNAVAILABLE);
            assertThat(((Reply.Failure) reply).message()).contains("refused the gateway's credential");
        }

        @ParameterizedTest
        @ValueSource(ints = {429, 503})
        void saysWhenToComeBack(int status) {
            Reply reply = answered((request, out) -> out.empty(status, "Retry-After: 7"));

            assertFails(reply, ErrorCode.UNAVAILABLE);
            assertThat(((Reply.Failure) reply).data().members()).containsEntry("retryAfterMs", 7_000L);
        }

        @Test
        void readsNothingBehindAnErrorStatusThatIsFlushedEarly() {
            Reply reply = answered((request, out) -> {
                out.raw("HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                out.chunk(request.result(HIDDEN));
                out.awaitDisconnect();
            });

            assertFails(reply, ErrorCode.BAD_UPSTREAM);
            stillWorks();
        }

        @Test
        void takesNoPackedBody() {
            assertFails(
                    answered((request, out) -> {
                        ByteArrayOutputStream packed = new ByteArrayOutputStream();
                        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                            gzip.write(request.result(HIDDEN).getBytes(StandardCharsets.UTF_8));
                        }
                        out.whole(200, "application/json", packed.toByteArray(), "Content-Encoding: gzip");
                    }),
                    ErrorCode.BAD_UPSTREAM);
            assertThat(server.received("tools/list").get(0).header("Accept-Encoding"))
                    .isEqualTo("identity");
        }

        @Test
        void takesNoMessageThatIsMalformed() {
            assertFails(answered((r, out) -> out.json("\uFEFF" + r.result(HIDDEN))), ErrorCode.BAD_UPSTREAM);
            assertFails(answered((r, out) -> out.json("[" + r.result(HIDDEN) + "]")), ErrorCode.BAD_UPSTREAM);
            assertFails(answered((r, out) -> out.json(r.result(HIDDEN) + "{}")), ErrorCode.BAD_UPSTREAM);
            assertFails(answered((r, out) -> out.json("<html>hidden_tool</html>")), ErrorCode.BAD_UPSTREAM);
            assertFails(answered((r, out) -> out.json("")), ErrorCode.BAD_UPSTREAM);
            assertFails(
                    answered((r, out) -> out.json("{\"jsonrpc\":\"2.0\",\"id\":" + r.id() + ",\"result\":" + HIDDEN
                            + ",\"error\":{\"code\":1,\"message\":\"m\"}}")),
                    ErrorCode.BAD_UPSTREAM);
            stillWorks();
        }

        @Test
        void takesNoMalformedEvent() {
            assertFails(
                    answered((request, out) -> {
                        out.stream().event("hidden_tool");
                        out.awaitDisconnect();
                    }),
                    ErrorCode.BAD_UPSTREAM);
            stillWorks();
        }

        @Test
        void readsAnEventInPiecesAndWithBareCarriageReturns() {
            assertOk(answered((request, out) -> {
                out.stream()
                        .chunk("data: {\"jsonrpc\":\"2.0\",\"id\":")
                        .chunk(request.id())
                        .chunk(",\rda")
                        .chunk("ta: \"res");
                out.chunk("ult\":" + OK + "}\r").chunk("\r");
                out.end();
            }));
        }

        @Test
        void readsTwoEventsOfOneChunk() {
            assertOk(answered((request, out) -> {
                out.stream()
                        .chunk("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\ndata: "
                                + request.result(OK) + "\n\n");
                out.end();
            }));
            assertThat(session.delivered()).hasSize(1);
        }

        @Test
        void failsACallWhoseJsonBreaksOff() {
            assertFails(
                    answered((request, out) -> {
                        out.raw(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\":");
                        out.hangUp();
                    }),
                    ErrorCode.UNAVAILABLE);
            stillWorks();
        }

        @Test
        void failsACallWhoseConnectionBreaksBeforeTheHead() {
            assertFails(answered((request, out) -> out.hangUp()), ErrorCode.UNAVAILABLE);
            assertThat(server.received("tools/list")).hasSize(1);
            stillWorks();
        }

        @Test
        void failsACallWhoseStreamEndsWithoutTheResponse() {
            assertFails(
                    answered((request, out) -> {
                        out.stream().chunk(": nothing to say\n\n");
                        out.end();
                    }),
                    ErrorCode.UNAVAILABLE);
            assertFails(
                    answered((request, out) -> {
                        out.stream().chunk("data: " + request.result(HIDDEN) + "\n");
                        out.hangUp();
                    }),
                    ErrorCode.UNAVAILABLE);
            stillWorks();
        }

        @Test
        void failsACallThatIsOnlyAccepted() {
            assertFails(answered((request, out) -> out.empty(202)), ErrorCode.BAD_UPSTREAM);
        }

        @Test
        void takesNoForeignIdAndOnlyTheFirstResponse() {
            assertFails(
                    answered((r, out) -> out.json("{\"jsonrpc\":\"2.0\",\"id\":424242,\"result\":" + HIDDEN + "}")),
                    ErrorCode.BAD_UPSTREAM);
            assertFails(
                    answered((r, out) ->
                            out.json("{\"jsonrpc\":\"2.0\",\"id\":\"" + r.id() + "\",\"result\":" + HIDDEN + "}")),
                    ErrorCode.BAD_UPSTREAM);
            assertOk(answered((request, out) -> {
                out.stream()
                        .event("{\"jsonrpc\":\"2.0\",\"id\":424242,\"result\":" + HIDDEN + "}")
                        .event(request.result(OK))
                        .event(request.result(HIDDEN))
                        .event(request.result(HIDDEN));
                out.end();
            }));
            stillWorks();
        }

        @Test
        void takesNoResponseOnTheStreamOfAnotherCall() throws Exception {
            CompletableFuture<String> first = new CompletableFuture<>();
            CountDownLatch answered = new CountDownLatch(1);
            afterHandshake((request, out) -> {
                if (request.body().contains("victim")) {
                    first.complete(request.id());
                    try {
                        answered.await(5, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.json(request.result(OK));
                } else {
                    out.stream()
                            .event("{\"jsonrpc\":\"2.0\",\"id\":" + first.join() + ",\"result\":" + HIDDEN + "}")
                            .event(request.result(OK));
                    out.end();
                }
            });
            CompletableFuture<Reply> victim = upstream.forward(call("tools/call", Map.of("name", "victim")))
                    .toCompletableFuture();
            first.get(5, TimeUnit.SECONDS);

            assertOk(echo());
            assertThat(victim).isNotDone();
            answered.countDown();

            assertOk(victim.orTimeout(5, TimeUnit.SECONDS).join());
        }

        @Test
        void stopsReadingAtTheLimit() throws IOException {
            upstream.close();
            connect(HttpConnector.builder(server.uri()).limits(JsonLimits.DEFAULT.withMessageBytes(10_000)));
            String much = "x".repeat(1_000);

            assertFails(
                    answered((request, out) -> {
                        out.stream().chunk("data: ");
                        while (true) {
                            out.chunk(much);
                        }
                    }),
                    ErrorCode.TOO_LARGE);
            assertFails(
                    answered((request, out) -> {
                        out.raw(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                        while (true) {
                            out.chunk(much);
                        }
                    }),
                    ErrorCode.TOO_LARGE);
            stillWorks();
        }

        @Test
        void takesAnEventOfSixteenMebibytesAndNoMore() {
            int room = (16 << 20) - "{\"jsonrpc\":\"2.0\",\"id\":10,\"result\":{\"x\":\"\"}}".length() - 100;

            assertThat(answered((request, out) -> {
                        out.stream().event(request.result("{\"x\":\"" + "x".repeat(room) + "\"}"));
                        out.end();
                    }))
                    .isInstanceOf(Reply.Complete.class);
            assertFails(
                    answered((request, out) -> {
                        out.stream().event(request.result("{\"x\":\"" + "x".repeat(room + 200) + "\"}"));
                        out.end();
                    }),
                    ErrorCode.TOO_LARGE);
            stillWorks();
        }

        @ParameterizedTest
        @CsvSource({
            "500, text/plain", "500, text/html", "500, application/json", "400, text/html", "400, application/json",
            "404, application/json", "422, application/json", "502, text/html", "200, text/html",
                    "200, application/json"
        })
        void saysNothingOfWhatAnErrorPageSays(int status, String type) {
            String trace = "java.lang.NullPointerException: hidden_tool\n\tat com.example.Db.canary(Db.java:42)";
            server.script((request, out) -> {
                if (request.rpc().equals("initialize")) {
                    out.json(request.result("{\"protocolVersion\":\"2025-06-18\"}"));
                } else if (!handshake(request, out)) {
                    out.whole(
                            status,
                            type,
                            type.endsWith("json")
                                    ? "{\"timestamp\":1,\"error\":\"hidden_tool\",\"trace\":\"canary\"}"
                                    : "<html><pre>" + trace + "</pre></html>");
                }
            });

            Reply reply = send(call("tools/list", Map.of()));

            assertFails(reply, ErrorCode.BAD_UPSTREAM);
            assertThat(((Reply.Failure) reply).message()).doesNotContain("html", "Exception", "Db.java");
        }

        @Test
        void failsACallWhenTheServerFallsSilent() {
            upstream.close();
            connect(HttpConnector.builder(server.uri()).idle(Duration.ofMillis(200)));

            assertFails(answered((request, out) -> out.awaitDisconnect()), ErrorCode.UNAVAILABLE);
            await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
        }

        @Test
        void failsACallWhenTooMuchIsUnderWay() {
            upstream.close();
            connect(HttpConnector.builder(server.uri()).exchangesMax(4));
            server.script((request, out) -> {
                if (request.verb().equals("GET")) {
                    out.stream();
                    out.awaitDisconnect();
                } else if (!handshake(request, out)) {
                    out.awaitDisconnect();
                }
            });
            for (int stuck = 1; stuck <= 3; stuck++) { // beside the general stream
                upstream.forward(call("tools/call", Map.of("name", "slow")));
                int underWay = 1 + stuck;
                await().untilAsserted(() -> assertThat(connector.exchanges()).isEqualTo(underWay));
            }

            assertFails(send(call("tools/list", Map.of())), ErrorCode.UNAVAILABLE);
        }

        @Test
        void saysThatAServerCannotBeReached() throws IOException {
            upstream.close();
            try (Socket held = new Socket()) { // bound and not listening, so that nobody else gets the port
                held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                connect(HttpConnector.builder(URI.create("http://127.0.0.1:" + held.getLocalPort() + "/mcp")));

                assertFails(send(call("initialize", Map.of())), ErrorCode.UNAVAILABLE);
            }
        }

        @Test
        void failsANotificationThatTheServerRefuses() {
            afterHandshake((request, out) -> out.empty(401));

            Reply reply = send(Call.notification("notifications/roots/list_changed", Payload.empty(), session));

            assertFails(reply, ErrorCode.UNAVAILABLE);
            assertThat(((Reply.Failure) reply).message()).contains("credential");
        }

        @Test
        void takesNoSessionIdThatIsNoHeaderValue() {
            server.script((request, out) ->
                    out.json(request.result("{\"protocolVersion\":\"2025-06-18\"}"), "Mcp-Session-Id: a b"));

            assertFails(send(call("initialize", Map.of())), ErrorCode.BAD_UPSTREAM);
        }
    }
}
