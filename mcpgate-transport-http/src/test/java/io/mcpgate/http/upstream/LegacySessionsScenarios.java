package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The sessions that servers of 2025-03-26 to 2025-11-25 keep: how they begin, are lost and end. */
abstract class LegacySessionsScenarios extends ConnectorFixture {
    @Override
    int haste() {
        return 20;
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
    void endsTheSessionWhenItIsClosed() {
        echo();

        upstream.close();

        await().untilAsserted(() -> assertThat(server.verb("DELETE")).hasSize(1));
        ScriptedServer.Received farewell = server.verb("DELETE").get(0);
        assertThat(farewell.header("Mcp-Session-Id")).isEqualTo("s-1");
        assertThat(farewell.header("Authorization")).isEqualTo(SECRET);
    }

    @Test
    void endsAllSessionsAlsoIfTheEngineIsClosedAtOnce() {
        for (int i = 0; i < 20; i++) {
            session = new TestSession("2025-11-25", "client-" + i);
            assertOk(echo());
        }

        upstream.close();
        engine.close();

        await().untilAsserted(() -> assertThat(server.verb("DELETE")).hasSize(20));
    }

    @Test
    void failsWhatIsUnderWayWhenItIsClosed() {
        afterHandshake((request, out) -> out.awaitDisconnect());
        CompletableFuture<Reply> reply =
                upstream.forward(call("tools/call", Map.of("name", "slow"))).toCompletableFuture();
        await().untilAsserted(() -> assertThat(server.received("tools/call")).hasSize(1));

        upstream.close();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.UNAVAILABLE);
        assertThat(connector.exchanges()).isZero();
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
    void takesNoSessionIdThatIsNoHeaderValue() {
        server.script((request, out) ->
                out.json(request.result("{\"protocolVersion\":\"2025-06-18\"}"), "Mcp-Session-Id: a b"));

        assertFails(send(call("initialize", Map.of())), ErrorCode.BAD_UPSTREAM);
    }
}
