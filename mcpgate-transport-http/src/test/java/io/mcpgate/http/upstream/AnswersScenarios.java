package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which forms of an answer are taken: by status, media type, coding and content. */
abstract class AnswersScenarios extends ConnectorFixture {
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
        assertFails(answered((request, out) -> out.whole(200, type, request.result(HIDDEN))), ErrorCode.BAD_UPSTREAM);
        stillWorks();
    }

    @ParameterizedTest
    @ValueSource(ints = {60_000, 70_000, 700_000, 3_000_000})
    void takesALargeResultWhole(int size) {
        StringBuilder text = new StringBuilder(size + 8);
        while (text.length() < size) {
            text.append(text.length()).append(' ');
        }
        String result = "{\"x\":\"" + text + "\"}";

        assertThat(answered((request, out) -> out.json(request.result(result)))).satisfies(isResult(result));
        assertThat(answered((request, out) -> {
                    out.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                    String body = request.result(result);
                    for (int at = 0; at < body.length(); at += 10_007) {
                        out.chunk(body.substring(at, Math.min(body.length(), at + 10_007)));
                    }
                    out.end();
                }))
                .satisfies(isResult(result));
        stillWorks();
    }

    private static Consumer<Reply> isResult(String result) {
        return reply -> assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Complete.class,
                        complete -> assertThat(text(complete.result())).isEqualTo(result));
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

    @ParameterizedTest
    @CsvSource({
        "500, text/plain", "500, text/html", "500, application/json", "400, text/html", "400, application/json",
        "404, application/json", "422, application/json", "502, text/html", "200, text/html", "200, application/json"
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
                    .chunk("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\ndata: " + request.result(OK)
                            + "\n\n");
            out.end();
        }));
        assertThat(session.delivered()).hasSize(1);
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
        CompletableFuture<Reply> victim =
                upstream.forward(call("tools/call", Map.of("name", "victim"))).toCompletableFuture();
        first.get(5, TimeUnit.SECONDS);

        assertOk(echo());
        assertThat(victim).isNotDone();
        answered.countDown();

        assertOk(victim.orTimeout(5, TimeUnit.SECONDS).join());
    }

    @Test
    void failsACallThatIsOnlyAccepted() {
        assertFails(answered((request, out) -> out.empty(202)), ErrorCode.BAD_UPSTREAM);
    }

    @Test
    void failsANotificationThatTheServerRefuses() {
        afterHandshake((request, out) -> out.empty(401));

        Reply reply = send(Call.notification("notifications/roots/list_changed", Payload.empty(), session));

        assertFails(reply, ErrorCode.UNAVAILABLE);
        assertThat(((Reply.Failure) reply).message()).contains("credential");
    }
}
