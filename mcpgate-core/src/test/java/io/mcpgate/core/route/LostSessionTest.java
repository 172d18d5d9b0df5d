package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a session has settled with a server outlives the connection. */
class LostSessionTest extends PooledUpstreamFixture {
    private Reply settle(String method, String name, String value, Session session) {
        return send(Call.request(RequestId.of(3), method, Payload.of(Map.of(name, value)), session)
                .withPrincipal(ALICE)
                .withServer("crm"));
    }

    private Reply subscribe(String uri, Session session) {
        return settle("resources/subscribe", "uri", uri, session);
    }

    @Nested
    class ASessionThatTheServerHasLost {
        private final RecordingSession session = RecordingSession.legacy("s");
        private final RecordingSession other = RecordingSession.legacy("other");

        private static Function<Call, CompletionStage<Reply>> refusing(String method) {
            return call -> call.method().equals(method)
                    ? CompletableFuture.completedFuture(Reply.Failure.received(-32602, "no", null))
                    : null;
        }

        private Line afterTheLoss() {
            server.lines.get(0).sessionLost = true;
            assertThat(send(request("tools/call", session))).isInstanceOf(Reply.Complete.class);
            return server.lines.get(server.lines.size() - 1);
        }

        @Test
        void getsItsSubscriptionsAndItsLogLevelBackBeforeTheCallGoesOn() {
            send(request("initialize", session));
            subscribe("mem://a", session);
            subscribe("mem://b", session);
            settle("logging/setLevel", "level", "debug", session);
            settle("resources/unsubscribe", "uri", "mem://a", session);
            settle("logging/setLevel", "level", "warning", session);

            Line line = afterTheLoss();

            assertThat(line.methods)
                    .containsExactly(
                            "initialize",
                            "notifications/initialized",
                            "logging/setLevel",
                            "resources/subscribe",
                            "tools/call");
            assertThat(line.settled).containsExactly("warning", "mem://b");
        }

        @Test
        void isToldItsLogLevelAgainAndNothingThatStoodBesideIt() {
            send(request("initialize", session));
            Payload large = Payload.of(Map.of("level", "debug", "pad", "x".repeat(1 << 20)));
            send(request("logging/setLevel", session).withParams(large));
            List<Payload> told = new ArrayList<>();
            server.special = call -> {
                if (call.method().equals("logging/setLevel")) {
                    told.add(call.params());
                }
                return null;
            };

            afterTheLoss();

            assertThat(told).singleElement().satisfies(params -> {
                assertThat(params.string("level")).contains("debug");
                assertThat(params.size()).isEqualTo("{'level':'debug'}".length());
            });
        }

        @Test
        void isToldNoLogLevelThatTheServerDoesNotTakeAgain() {
            send(request("initialize", session));
            settle("logging/setLevel", "level", "debug", session);
            server.special = call -> call.method().equals("logging/setLevel")
                    ? CompletableFuture.completedFuture(Reply.Failure.received(-32602, "No such level", null))
                    : null;
            assertThat(afterTheLoss().settled).containsExactly("debug");
            server.lines.get(1).sessionLost = true;

            send(request("tools/call", session));

            assertThat(server.lines.get(2).settled).isEmpty();
        }

        @Test
        void isNotToldAgainWhatTheServerRefused() {
            send(request("initialize", session));
            server.special = call -> call.method().equals("resources/subscribe")
                    ? CompletableFuture.completedFuture(Reply.Failure.received(-32602, "Resource not found", null))
                    : null;
            subscribe("mem://a", session);

            assertThat(afterTheLoss().methods).doesNotContain("resources/subscribe");
        }

        @Test
        void forgetsWhatTheServerDoesNotGrantAgain() {
            send(request("initialize", session));
            subscribe("mem://a", session);
            server.special = call -> call.method().equals("resources/subscribe")
                    ? CompletableFuture.completedFuture(Reply.Failure.received(-32602, "Resource not found", null))
                    : null;
            assertThat(afterTheLoss().settled).containsExactly("mem://a");
            server.lines.get(1).sessionLost = true;

            send(request("tools/call", session));

            assertThat(server.lines.get(2).settled).isEmpty();
        }

        @Test
        void leavesItToTheServerWhoGetsOnASharedConnectionWhatThatDidNotGrantAgain() {
            upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
            send(request("initialize", session));
            subscribe("mem://a", session);
            server.special = refusing("resources/subscribe");
            assertThat(afterTheLoss().settled).containsExactly("mem://a");

            assertThat(subscribe("mem://a", other)).isInstanceOf(Reply.Failure.class);
            server.special = call -> null;
            assertThat(subscribe("mem://a", other)).isInstanceOf(Reply.Complete.class);

            assertThat(server.lines.get(1).settled).containsExactly("mem://a", "mem://a", "mem://a");
        }

        @Test
        void mayHaveAnotherOnASharedConnectionForEachThatTheServerDidNotGrantAgain() {
            upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
            send(request("initialize", session));
            for (int i = 0; i < SessionMemory.RESOURCES_MAX; i++) {
                subscribe("mem://" + i, session);
            }
            server.special = refusing("resources/subscribe");
            afterTheLoss();
            server.special = call -> null;

            assertThat(subscribe("mem://more", session)).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void sharesNothingWithOtherSessions() {
            send(request("initialize", session));
            subscribe("mem://a", session);

            send(request("tools/call", other));

            assertThat(server.lines.get(1).settled).isEmpty();
        }

        @Test
        void leavesNothingBehindWhenItsClientGoes() {
            send(request("initialize", session));
            subscribe("mem://a", session);
            upstream.ended(session);

            send(request("tools/call", session));

            assertThat(server.lines.get(1).settled).isEmpty();
        }

        @Test
        void beginsAnewWithAHandshakeOfItsClient() {
            send(request("initialize", session));
            subscribe("mem://a", session);
            send(request("initialize", session));
            server.lines.get(1).sessionLost = true;

            send(request("tools/call", session));

            assertThat(server.lines.get(2).settled).isEmpty();
        }

        @Test
        void isTheSameAsOneWhoseConnectionWasNeededForOthers() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            send(request("initialize", session));
            subscribe("mem://a", session);
            send(request("initialize", RecordingSession.legacy("other")));

            send(request("tools/call", session));

            assertThat(server.lines.get(2).settled).containsExactly("mem://a");
        }

        @Test
        void getsTheSubscriptionsOfASharedConnectionBackToo() {
            upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
            RecordingSession gone = RecordingSession.legacy("gone");
            send(request("initialize", session));
            send(request("initialize", gone));
            subscribe("mem://a", session);
            subscribe("mem://a", gone);
            subscribe("mem://b", gone);
            upstream.ended(gone);
            assertThat(server.lines.get(0).methods).endsWith("resources/unsubscribe");

            assertThat(afterTheLoss().settled).containsExactly("mem://a");
        }
    }

    @Nested
    class ASubscribedSession {
        private final RecordingSession session = RecordingSession.legacy("s");

        @Test
        void mayRememberOnlySoMuch() {
            send(request("initialize", session));
            for (int i = 0; i < SessionMemory.RESOURCES_MAX; i++) {
                assertThat(subscribe("mem://" + i, session)).isInstanceOf(Reply.Complete.class);
            }

            assertThat(kind(subscribe("mem://more", session))).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(subscribe("mem://7", session)).isInstanceOf(Reply.Complete.class);
            settle("resources/unsubscribe", "uri", "mem://0", session);
            assertThat(subscribe("mem://more", session)).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void mayRememberOnlySoLongNames() {
            send(request("initialize", session));

            Reply reply = subscribe("mem://" + "x".repeat(SessionMemory.CHARACTERS_MAX), session);

            assertThat(kind(reply)).isEqualTo(ErrorCode.RATE_LIMITED);
        }

        @Test
        void mayRememberOnlyALogLevelThatIsShort() {
            send(request("initialize", session));
            String longest = "x".repeat(SessionMemory.LEVEL_CHARACTERS_MAX);
            assertThat(settle("logging/setLevel", "level", longest, session)).isInstanceOf(Reply.Complete.class);

            Reply reply = settle("logging/setLevel", "level", longest + "x", session);

            assertThat(kind(reply)).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(server.lines.get(0).settled).containsExactly(longest);
        }

        @Test
        void keepsItsConnectionWhenNobodyCalls() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMillis(20), Duration.ofSeconds(5)));
            RecordingSession idle = RecordingSession.legacy("idle");
            send(request("initialize", session));
            send(request("initialize", idle));
            subscribe("mem://a", session);

            await().until(() -> !server.lines.get(1).open);

            await().until(() -> upstream.connections() == 1);
            assertThat(server.lines.get(0).open).isTrue();
        }
    }
}
