package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream on which a legacy server says what belongs to no call. */
abstract class GeneralStreamScenarios extends ConnectorFixture {
    @Override
    int haste() {
        return 20;
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
    @ValueSource(ints = {400, 403, 409, 503})
    void asksAgainForAGeneralStreamThatTheServerRefusesForTheMoment(int status) {
        server.script((request, out) -> {
            int asked = server.verb("GET").size();
            if (!request.verb().equals("GET")) {
                legacy(request, out);
            } else if (asked == 1) {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/before\"}");
                out.hangUp();
            } else if (asked <= 3) {
                out.empty(status);
            } else {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/behind\"}");
                out.awaitDisconnect();
            }
        });

        assertOk(echo());

        await().untilAsserted(() -> assertThat(session.delivered())
                .extracting(Call::method)
                .containsExactly("notifications/before", "notifications/behind"));
    }

    /** The first time it gives an event of that id, and later only what {@code again} says. */
    private void breaksOffBehindAnEvent(Then again) {
        server.script((request, out) -> {
            if (!request.verb().equals("GET")) {
                legacy(request, out);
            } else if (server.verb("GET").size() == 1) {
                out.stream()
                        .chunk("id: e7\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/before\"}\n\n")
                        .hangUp();
            } else {
                again.answer(request, out);
            }
        });
    }

    private void assertAskedBehind(String... eventIds) {
        await().untilAsserted(() -> assertThat(session.delivered())
                .extracting(Call::method)
                .containsExactly("notifications/before", "notifications/behind"));
        assertThat(server.verb("GET"))
                .extracting(request -> request.header("Last-Event-ID"))
                .containsExactly(eventIds);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 410, 412})
    void asksForWhatComesWhereTheServerHasForgottenTheLastEvent(int status) {
        breaksOffBehindAnEvent((request, out) -> {
            if (request.header("Last-Event-ID") != null) {
                out.empty(status);
            } else {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/behind\"}");
                out.awaitDisconnect();
            }
        });

        assertOk(echo());

        assertAskedBehind(null, "e7", null);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 409, 429, 503})
    void asksBehindTheSameEventAgainWhereTheServerRefusesForTheMoment(int status) {
        breaksOffBehindAnEvent((request, out) -> {
            if (server.verb("GET").size() <= 3) {
                out.empty(status);
            } else {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/behind\"}");
                out.awaitDisconnect();
            }
        });

        assertOk(echo());

        assertAskedBehind(null, "e7", "e7", "e7");
    }

    @Test
    void givesUpAGeneralStreamThatTheServerOffersNoMore() {
        server.script((request, out) -> {
            if (!request.verb().equals("GET")) {
                legacy(request, out);
            } else if (server.verb("GET").size() == 1) {
                out.stream().event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/before\"}");
                out.hangUp();
            } else {
                out.empty(405);
            }
        });

        assertOk(echo());
        await().until(() -> server.verb("GET").size() == 2);

        await().during(Duration.ofMillis(400))
                .untilAsserted(() -> assertThat(server.verb("GET")).hasSize(2));
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

        await().during(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(server.verb("GET")).hasSize(1));
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
}
