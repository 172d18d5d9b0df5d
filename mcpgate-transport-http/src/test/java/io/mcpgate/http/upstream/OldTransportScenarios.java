package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.http.MarkedTools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that speak HTTP+SSE of 2024-11-05. */
abstract class OldTransportScenarios extends ConnectorFixture {
    private final OldServer old = new OldServer();

    @BeforeEach
    void speakTheOldTransport() {
        server.script(old);
    }

    private List<ScriptedServer.Received> at(String verb, String path) {
        return server.received().stream()
                .filter(request -> request.verb().equals(verb) && request.path().equals(path))
                .toList();
    }

    private CompletableFuture<Reply> underWay() {
        CompletableFuture<Reply> reply =
                upstream.forward(call("tools/call", Map.of("name", "slow"))).toCompletableFuture();
        await().until(() -> !server.received("tools/call").isEmpty());
        return reply;
    }

    @Test
    void findsOutByTheHandshakeWhichTransportTheServerSpeaks() {
        assertOk(echo());

        assertThat(at("POST", "/mcp")).extracting(ScriptedServer.Received::rpc).containsExactly("initialize");
        assertThat(at("GET", "/mcp")).hasSize(1);
        assertThat(at("POST", OldServer.MESSAGES))
                .extracting(ScriptedServer.Received::rpc)
                .containsExactly("initialize", "notifications/initialized", "tools/call");
        assertThat(server.verb("DELETE")).isEmpty();
    }

    @Test
    void sendsItsCredentialWithEveryRequestAndTheRevisionAfterTheHandshake() {
        echo();

        assertThat(server.received()).allMatch(request -> SECRET.equals(request.header("Authorization")));
        assertThat(at("GET", "/mcp").get(0).header("Accept")).isEqualTo("text/event-stream");
        ScriptedServer.Received called = server.received("tools/call").get(0);
        assertThat(called.header("MCP-Protocol-Version")).isEqualTo("2025-06-18");
        assertThat(called.header("Content-Type")).isEqualTo("application/json");
        assertThat(called.headers()).doesNotContainKey("Mcp-Session-Id");
    }

    @Test
    void bringsProgressAndRequestsOfTheServerToTheCallTheyBelongTo() {
        old.posted((request, out) -> {
            out.empty(202, "Connection: close"); // this thread reads no further request while it waits below
            if (request.rpc().equals("tools/call")) {
                old.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
                        + request.token() + ",\"progress\":1}}");
                old.say("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"method\":\"sampling/createMessage\",\"params\":{}}");
                await().until(() ->
                        server.received().stream().anyMatch(each -> each.body().contains("answered")));
                old.say(request.result(OK));
            }
        });
        Call call = call("tools/call", Map.of("name", "slow", "_meta", Map.of("progressToken", "mine")));

        assertOk(send(call));

        assertThat(session.delivered())
                .extracting(Call::method)
                .containsExactly("notifications/progress", "sampling/createMessage");
        assertThat(session.delivered().get(0).params().members()).containsEntry("progressToken", "mine");
        assertThat(session.delivered())
                .allMatch(each -> each.parent().orElseThrow().id().equals(call.id()));
        assertThat(at("POST", OldServer.MESSAGES))
                .extracting(ScriptedServer.Received::body)
                .contains("{\"jsonrpc\":\"2.0\",\"id\":\"ask\",\"result\":{\"answered\":\"sampling/createMessage\"}}");
    }

    @Test
    void tellsTheServerOnceThatACallWasCancelledAndDropsItsAnswer() throws Exception {
        old.posted((request, out) -> out.empty(202));
        Call call = call("tools/call", Map.of("name", "slow"));
        CompletableFuture<Reply> reply = upstream.forward(call).toCompletableFuture();
        await().until(() -> !server.received("tools/call").isEmpty());

        call.cancellation().cancel();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.CANCELLED);
        await().until(() -> !server.received("notifications/cancelled").isEmpty());
        old.say(server.received("tools/call").get(0).result("{\"content\":[\"late\"]}"));
        old.posted((request, out) -> {
            old.say(request.result(OK));
            out.empty(202);
        });
        assertOk(echo());
        assertThat(server.received("notifications/cancelled")).hasSize(1);
        assertThat(at("GET", "/mcp")).hasSize(1);
    }

    @Test
    void remembersWhichTransportTheServerSpeaks() {
        assertOk(echo());
        upstream.ended(session);

        assertOk(echo());

        assertThat(at("POST", "/mcp")).hasSize(1);
        assertThat(at("GET", "/mcp")).hasSize(2);
    }

    @Test
    void forgetsWhichTransportTheServerSpokeWhenThatFails() {
        assertOk(echo());
        upstream.ended(session);
        server.script(this::legacy);

        assertOk(echo());

        assertThat(at("POST", "/mcp"))
                .extracting(ScriptedServer.Received::rpc)
                .containsExactly("initialize", "initialize", "notifications/initialized", "tools/call");
    }

    @Test
    void failsWhatIsUnderWayWhenTheStreamEndsAndOpensAnotherForTheNextCall() throws Exception {
        old.posted((request, out) -> out.empty(202));
        CompletableFuture<Reply> reply = underWay();

        old.end();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.UNAVAILABLE);
        old.posted((request, out) -> {
            old.say(request.result(OK));
            out.empty(202);
        });
        assertOk(echo());
        assertThat(at("GET", "/mcp")).hasSize(2);
        assertThat(server.received("tools/call")).hasSize(2);
    }

    @Test
    void failsWhatIsUnderWayWhenTheStreamBreaksOff() throws Exception {
        old.posted((request, out) -> out.empty(202));
        CompletableFuture<Reply> reply = underWay();

        old.newest().hangUp();

        assertFails(reply.orTimeout(5, TimeUnit.SECONDS).join(), ErrorCode.UNAVAILABLE);
        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
    }

    @Test
    void opensAnotherStreamWhenTheServerHasForgottenTheAddress() {
        assertOk(echo());
        old.posted((request, out) -> {
            if (at("GET", "/mcp").size() == 1) {
                out.whole(404, "text/plain", "Could not find session");
            } else {
                old.say(request.result(OK));
                out.empty(202);
            }
        });

        assertOk(echo());

        assertThat(at("GET", "/mcp")).hasSize(2);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
    }

    @Test
    void failsACallThatTheServerDoesNotTake() {
        old.posted((request, out) -> out.whole(500, "text/html", "<html>hidden_tool</html>"));

        assertFails(echo(), ErrorCode.BAD_UPSTREAM);
        assertThat(at("GET", "/mcp")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1/messages",
                "http://localhost/messages",
                "https://127.0.0.1/messages",
                "//evil.example/messages",
                "http://user@127.0.0.1/messages",
                "javascript:alert(1)",
                "file:///etc/passwd",
                "http://[",
                "#"
            })
    void sendsNothingToAnAddressOfAnotherOrigin(String address) {
        server.script(new OldServer(address));

        Reply reply = send(call("initialize", Map.of()));

        assertFails(reply, ErrorCode.BAD_UPSTREAM);
        assertThat(((Reply.Failure) reply).message())
                .containsAnyOf("another origin", "no address")
                .doesNotContain("evil");
        assertThat(server.received()).hasSize(2);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
    }

    @Test
    void takesAnAbsoluteAddressOfTheSameOrigin() {
        server.script(
                new Relay(new OldServer(server.uri().resolve(OldServer.MESSAGES).toString())));

        assertThat(send(call("initialize", Map.of()))).isInstanceOf(Reply.Complete.class);
    }

    /** As it is; only there so that the server can answer on its own stream. */
    private record Relay(OldServer to) implements ScriptedServer.Script {
        @Override
        public void answer(ScriptedServer.Received request, ScriptedServer.Out out) throws java.io.IOException {
            to.answer(request, out);
        }
    }

    @Test
    void followsNoSecondAddress() throws Exception {
        assertOk(echo());

        old.newest().chunk("event: endpoint\ndata: /elsewhere\n\n");
        assertOk(echo());

        assertThat(at("POST", "/elsewhere")).isEmpty();
    }

    @Test
    void passesOverWhatIsNoMessage() {
        old.posted((request, out) -> {
            out.empty(202);
            old.say("hidden_tool");
            old.say("{\"jsonrpc\":\"2.0\",\"id\":424242,\"result\":{}}");
            old.newest().chunk("event: ping\ndata: x\n\n");
            old.say(request.result(OK));
        });

        assertOk(echo());
    }

    @Test
    void failsOnlyTheCallWhoseAnswerIsMalformed() throws Exception {
        old.posted((request, out) -> out.empty(202));
        CompletableFuture<Reply> other = underWay();
        old.posted((request, out) -> {
            out.empty(202);
            old.say(request.result("{\"a\":1,\"a\":2}"));
        });

        assertFails(echo(), ErrorCode.BAD_UPSTREAM);

        assertThat(other).isNotDone();
        old.say(server.received("tools/call").get(0).result(OK));
        assertOk(other.orTimeout(5, TimeUnit.SECONDS).join());
        assertThat(at("GET", "/mcp")).hasSize(1);
    }

    @Test
    void stopsReadingAtTheLimit() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).limits(JsonLimits.DEFAULT.withMessageBytes(10_000)));
        old.posted((request, out) -> {
            out.empty(202);
            old.say(request.result("{\"x\":\"" + "x".repeat(20_000) + "\"}"));
        });

        assertFails(echo(), ErrorCode.TOO_LARGE);
    }

    @Test
    void keepsAConnectionOnWhichNobodyHasAnythingToSay() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).idle(Duration.ofSeconds(1)));
        assertOk(echo());

        await().during(Duration.ofMillis(2_500))
                .untilAsserted(() -> assertThat(connector.exchanges()).isEqualTo(1));

        assertOk(echo());
        assertThat(at("GET", "/mcp")).hasSize(1);
    }

    @Test
    void failsACallWhenTheServerFallsSilent() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).idle(Duration.ofMillis(200)));
        old.posted((request, out) -> out.empty(202));

        assertFails(echo(), ErrorCode.UNAVAILABLE);
    }

    @Test
    void closesItsStreamWhenItIsClosed() {
        assertOk(echo());

        upstream.close();

        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
        assertThat(connector.exchanges()).isZero();
        assertThat(server.verb("DELETE")).isEmpty();
    }

    @Test
    void asksForNoStreamWhereOnlyStreamableHttpIsAllowed() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).legacyTransport(LegacyTransport.STREAMABLE_HTTP));

        assertFails(send(call("initialize", Map.of())), ErrorCode.BAD_UPSTREAM);

        assertThat(server.verb("GET")).isEmpty();
    }

    @Test
    void postsNothingToTheStreamsAddressWhereOnlyTheOldTransportIsAllowed() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).legacyTransport(LegacyTransport.HTTP_SSE));

        assertOk(echo());

        assertThat(at("POST", "/mcp")).isEmpty();
    }

    @Test
    void saysThatAServerSpeaksTheOldTransportNoMore() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).legacyTransport(LegacyTransport.HTTP_SSE));
        server.script(this::legacy);

        assertFails(send(call("initialize", Map.of())), ErrorCode.UNAVAILABLE);
    }

    @Test
    void opensNoStreamOnAConnectionThatWasClosedMeanwhile() {
        Exchanges exchanges = new Exchanges(engine, 10, Duration.ofMinutes(1));
        Endpoint endpoint =
                new Endpoint(server.uri(), List.of(), new JsonReader(JsonLimits.DEFAULT), exchanges, new MarkedTools());
        SseConnection connection = new SseConnection(endpoint, NOBODY);

        connection.close();

        assertThat(connection.open()).failsWithin(Duration.ofSeconds(5));
        await().untilAsserted(() -> assertThat(exchanges.size()).isZero());
        exchanges.close();
    }

    /** Takes no calls of the server. */
    private static final Duplex.Origin NOBODY = new Duplex.Origin() {
        @Override
        public Call call(Envelope.Request request, Call parent) {
            throw new AssertionError("The server has nobody to call");
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            throw new AssertionError("The server has nobody to call");
        }
    };
}
