package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has to become of a call whose stream ends before the response. */
abstract class ResumptionScenarios extends ConnectorFixture {
    @Override
    int haste() {
        return 20;
    }

    static final String PRIMING = "id: p0\nretry: 10\ndata:\n\n";

    private final CompletableFuture<ScriptedServer.Received> posted = new CompletableFuture<>();

    /** What becomes of calls, and then of their streams. */
    void calls(ScriptedServer.Script post, ScriptedServer.Script resumed) {
        server.script((request, out) -> {
            if (request.header("Last-Event-ID") != null) {
                resumed.answer(request, out);
            } else if (!handshake(request, out)) {
                if (request.rpc().equals("tools/call")) {
                    posted.complete(request);
                }
                post.answer(request, out);
            }
        });
    }

    List<ScriptedServer.Received> resumptions() {
        return server.verb("GET").stream()
                .filter(request -> request.header("Last-Event-ID") != null)
                .toList();
    }

    private String response() {
        return posted.join().result(OK);
    }

    private Call slow() {
        return call("tools/call", Map.of("name", "slow", "_meta", Map.of("progressToken", "mine")));
    }

    private void assertPostedOnce() {
        assertThat(server.received("tools/call")).hasSize(1);
        assertThat(server.received("initialize")).hasSize(1);
    }

    @Test
    void goesOnWithAStreamThatTheServerClosesBeforeTheResponse() {
        calls(
                (request, out) -> out.stream().chunk(PRIMING).end(),
                (request, out) -> out.stream()
                        .event(
                                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
                                        + posted.join().token() + ",\"progress\":1}}")
                        .event(response())
                        .end());
        Call call = slow();

        assertOk(send(call));

        assertPostedOnce();
        assertThat(resumptions()).hasSize(1);
        assertThat(resumptions().get(0).headers())
                .containsEntry("Last-Event-ID", "p0")
                .containsEntry("Accept", "text/event-stream")
                .containsEntry("Mcp-Session-Id", "s-1")
                .containsEntry("MCP-Protocol-Version", "2025-06-18")
                .containsEntry("Authorization", SECRET);
        assertThat(session.delivered()).hasSize(1);
        assertThat(session.delivered().get(0).params().members()).containsEntry("progressToken", "mine");
        assertThat(session.delivered().get(0).parent().orElseThrow().id()).isEqualTo(call.id());
        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
    }

    @Test
    void passesOverTheBeginningOfAStreamThatIsReplayedAsAnEmptyObject() {
        calls(
                (request, out) -> out.stream().chunk(PRIMING).end(),
                (request, out) -> out.stream()
                        .chunk("id: p0\ndata: {}\n\n")
                        .event(response())
                        .end());

        assertOk(send(slow()));

        assertPostedOnce();
    }

    @Test
    void asksAgainBehindTheLastEventUntilTheResponseComes() {
        AtomicInteger asked = new AtomicInteger();
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> {
            int nth = asked.incrementAndGet();
            out.stream().chunk("id: p" + nth + "\ndata:\n\n");
            if (nth == 5) {
                out.event(response());
            }
            out.end();
        });

        assertOk(send(slow()));

        assertPostedOnce();
        assertThat(resumptions())
                .extracting(request -> request.header("Last-Event-ID"))
                .containsExactly("p0", "p1", "p2", "p3", "p4");
    }

    @Test
    void asksAgainBehindTheSameEventWhenNoOtherHasCome() {
        AtomicInteger asked = new AtomicInteger();
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> {
            out.stream();
            if (asked.incrementAndGet() == 2) {
                out.event(response());
            }
            out.end();
        });

        assertOk(send(slow()));

        assertThat(resumptions())
                .extracting(request -> request.header("Last-Event-ID"))
                .containsExactly("p0", "p0");
    }

    @Test
    void goesOnWithAStreamThatBreaksOff() {
        calls(
                (request, out) -> out.stream()
                        .chunk(PRIMING)
                        .chunk("id: p1\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n")
                        .chunk("id: p2\ndata: {\"jsonrpc\":")
                        .hangUp(),
                (request, out) -> out.stream().event(response()).end());

        assertOk(send(slow()));

        assertPostedOnce();
        assertThat(resumptions())
                .extracting(request -> request.header("Last-Event-ID"))
                .containsExactly("p1");
        assertThat(session.delivered()).extracting(Call::method).containsExactly("notifications/x");
    }

    @Test
    void asksAServerAgainThatIsBusy() {
        AtomicInteger asked = new AtomicInteger();
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> {
            switch (asked.incrementAndGet()) {
                case 1 -> out.empty(503);
                case 2 -> out.hangUp();
                default -> out.stream().event(response()).end();
            }
        });

        assertOk(send(slow()));

        assertPostedOnce();
        assertThat(resumptions()).hasSize(3);
    }

    @Test
    void givesUpAServerThatIsBrokenAgainAndAgain() {
        calls(
                (request, out) -> out.stream().chunk(PRIMING).end(),
                (request, out) -> out.whole(503, "text/plain", "later"));

        assertFails(send(call("tools/call", Map.of("name", "echo"))), ErrorCode.UNAVAILABLE);

        assertThat(resumptions()).hasSize(4);
        assertThat(server.received("tools/call")).hasSize(1);
    }

    @Test
    void bringsWhatTheServerAsksOnTheSecondStreamToTheSameCall() {
        calls(
                (request, out) -> {
                    if (request.rpc().isEmpty()) { // the answer to what the server asked
                        out.empty(202);
                    } else {
                        out.stream().chunk(PRIMING).end();
                    }
                },
                (request, out) -> {
                    out.stream()
                            .event("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"elicitation/create\",\"params\":{}}");
                    await().until(() -> server.received().stream()
                            .anyMatch(each -> each.body().contains("answered")));
                    out.event(response()).end();
                });
        Call call = slow();

        assertOk(send(call));

        assertThat(session.delivered()).extracting(Call::method).containsExactly("elicitation/create");
        assertThat(session.delivered().get(0).parent().orElseThrow().id()).isEqualTo(call.id());
    }

    @Test
    void dropsAResponseThatComesTwice() {
        calls(
                (request, out) -> out.stream().chunk(PRIMING).end(),
                (request, out) -> out.stream()
                        .event(response())
                        .event(posted.join().result("{\"content\":[\"again\"]}"))
                        .event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/late\"}")
                        .end());

        assertOk(send(slow()));

        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
        assertThat(session.delivered()).isEmpty();
        server.script(this::legacy);
        assertOk(echo());
    }

    @Test
    void takesNoResponseToAnotherCall() {
        calls(
                (request, out) -> out.stream().chunk(PRIMING).end(),
                (request, out) -> out.stream()
                        .event("{\"jsonrpc\":\"2.0\",\"id\":424242,\"result\":{\"tools\":[]}}")
                        .event(response())
                        .end());

        assertOk(send(slow()));
    }

    @Test
    void failsACallWhoseStreamEndsWithoutAnEventId() {
        calls((request, out) -> out.stream().chunk("retry: 1\ndata:\n\n").end(), (request, out) -> out.empty(500));

        assertFails(send(slow()), ErrorCode.UNAVAILABLE);
        await().during(Duration.ofMillis(150))
                .untilAsserted(() -> assertThat(resumptions()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 405, 202})
    void failsACallWhoseStreamIsNotGoneOnWith(int status) {
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> out.empty(status));

        assertFails(send(slow()), ErrorCode.UNAVAILABLE);

        assertThat(resumptions()).hasSize(1);
        assertPostedOnce();
        server.script(this::legacy);
        assertOk(echo());
    }

    @Test
    void opensASessionForTheNextCallThatTheServerHasForgottenMeanwhile() {
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> out.empty(404));

        assertFails(send(slow()), ErrorCode.UNAVAILABLE);
        assertPostedOnce();

        server.script(this::legacy);
        assertOk(echo());
        assertThat(server.received("initialize")).hasSize(2);
    }

    @Test
    void takesNoMalformedEventOnTheSecondStreamEither() {
        calls((request, out) -> out.stream().chunk(PRIMING).end(), (request, out) -> {
            out.stream().chunk("id: p1\n").event("hidden_tool");
            out.awaitDisconnect();
        });

        assertFails(send(slow()), ErrorCode.BAD_UPSTREAM);
        assertThat(resumptions()).hasSize(1);
    }

    @Test
    void closesTheSecondStreamOfACallThatIsCancelledAndTellsTheServerOnce() {
        calls(
                (request, out) -> {
                    if (request.rpc().equals("tools/call")) {
                        out.stream().chunk(PRIMING).end();
                    } else {
                        out.empty(202);
                    }
                },
                (request, out) -> {
                    out.stream();
                    out.awaitDisconnect();
                });
        Call call = slow();
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().untilAsserted(() -> assertThat(resumptions()).hasSize(1));

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
        assertCancelledOnceAndLeftAlone(1);
    }

    @Test
    void leavesTheStreamOfACallAloneThatIsCancelledWhileItWaits() {
        calls(
                (request, out) -> {
                    if (request.rpc().equals("tools/call")) {
                        out.stream().chunk("id: p0\nretry: 6000\ndata:\n\n").end();
                    } else {
                        out.empty(202);
                    }
                },
                (request, out) -> out.stream().event(response()).end());
        Call call = slow();
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().until(posted::isDone);
        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        assertCancelledOnceAndLeftAlone(0);
    }

    private void assertCancelledOnceAndLeftAlone(int resumptions) {
        await().during(Duration.ofMillis(450)).untilAsserted(() -> {
            assertThat(server.received("notifications/cancelled")).hasSize(1);
            assertThat(resumptions()).hasSize(resumptions);
        });
    }

    @Test
    void failsACallThatWaitsForItsStreamWhenTheConnectionIsClosed() {
        calls(
                (request, out) ->
                        out.stream().chunk("id: p0\nretry: 60000\ndata:\n\n").end(),
                (request, out) -> out.empty(500));
        CompletableFuture<Reply> reply = upstream.forward(slow()).toCompletableFuture();
        await().until(posted::isDone);

        upstream.close();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.UNAVAILABLE);
    }
}
