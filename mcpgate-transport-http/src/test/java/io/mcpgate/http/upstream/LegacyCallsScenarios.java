package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls to servers of 2025-03-26 to 2025-11-25. */
abstract class LegacyCallsScenarios extends ConnectorFixture {
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
                    .event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
                            + request.token() + ",\"progress\":1}}")
                    .event("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"method\":\"sampling/createMessage\",\"params\":{}}");
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
    void tellsTheServerThatACallWasCancelledAndOnlyThenClosesItsStream() {
        AtomicInteger closedBeforeItWasTold = new AtomicInteger(-1);
        afterHandshake((request, out) -> {
            if (request.rpc().equals("notifications/cancelled")) {
                closedBeforeItWasTold.set(server.disconnects());
                out.empty(202);
            } else {
                out.stream();
                out.awaitDisconnect();
            }
        });
        Call call = call("tools/call", Map.of("name", "slow"));
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().untilAsserted(() -> assertThat(server.received("tools/call")).hasSize(1));

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
        assertThat(closedBeforeItWasTold).hasValue(0);
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
        await().untilAsserted(() -> assertThat(server.received("tools/call")).hasSize(1));

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        server.script(this::legacy);
        assertOk(echo());
    }

    @Test
    void failsACallThatCannotBeWritten() {
        assertOk(echo());

        assertFails(send(Call.request(RequestId.of(1), "tools/call", Unwritable.PARAMS, session)), ErrorCode.INTERNAL);

        assertThat(server.received("tools/call")).hasSize(1);
        stillWorks();
    }

    @Test
    void answersTheServerWithAnErrorWhereTheClientsAnswerCannotBeWritten() {
        session.client(call -> CompletableFuture.completedFuture(Reply.complete(Unwritable.PARAMS)));
        CompletableFuture<String> answer = new CompletableFuture<>();
        afterHandshake((request, out) -> {
            if (request.rpc().isEmpty()) {
                out.empty(202);
                answer.complete(request.body());
            } else {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"method\":\"roots/list\"}");
                answer.orTimeout(5, TimeUnit.SECONDS).join();
                out.event(request.result(OK)).end();
            }
        });

        assertOk(echo());

        assertThat(answer.join())
                .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"error\":{\"code\":-32603,")
                .doesNotContain("hidden_tool");
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
        CompletableFuture<Reply> reply =
                upstream.forward(call("tools/call", Map.of("name", "chatty"))).toCompletableFuture();

        await().untilAsserted(() -> assertThat(session.delivered()).isNotEmpty());
        await().during(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(session.delivered()).hasSizeLessThan(100));
        assertThat(written.get()).isLessThan(2_000);

        slow.complete(Reply.accepted());
        assertOk(reply.orTimeout(20, TimeUnit.SECONDS).join());
        assertThat(session.delivered()).hasSize(2_000);
    }
}
