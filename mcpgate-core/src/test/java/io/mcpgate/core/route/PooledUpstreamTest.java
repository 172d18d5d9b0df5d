package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PooledUpstreamTest {
    private static final Principal ALICE = Principal.of("alice");
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Server server = new Server();
    private PooledUpstream upstream = upstream(Sharing.SESSION, PoolLimits.DEFAULT);

    private PooledUpstream upstream(Sharing sharing, PoolLimits limits) {
        return new PooledUpstream("crm", server, sharing, limits, timer);
    }

    @AfterEach
    void close() {
        upstream.close();
        timer.shutdownNow();
    }

    /** A server that counts what is done to it. */
    private static final class Server implements Connector {
        private final List<Line> lines = new CopyOnWriteArrayList<>();
        private volatile Function<Call, CompletionStage<Reply>> special = call -> null;
        private volatile boolean unreachable;
        private volatile boolean closed;

        @Override
        public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
            if (unreachable) {
                return CompletableFuture.failedFuture(new UpstreamException("connection refused"));
            }
            Line line = new Line(this, origin);
            lines.add(line);
            return CompletableFuture.completedFuture(line);
        }

        @Override
        public String describe() {
            return "test server";
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Line implements Connection {
        private final Server server;
        private final Duplex.Origin origin;
        private final List<String> methods = new CopyOnWriteArrayList<>();
        private final List<String> settled = new CopyOnWriteArrayList<>(); // URIs and levels
        private volatile boolean open = true;
        private volatile boolean sessionLost;

        private Line(Server server, Duplex.Origin origin) {
            this.server = server;
            this.origin = origin;
        }

        @Override
        public CompletionStage<Reply> send(Call call) {
            if (sessionLost || !open) {
                open = false;
                return CompletableFuture.failedFuture(new ConnectionLost("the session is gone"));
            }
            methods.add(call.method());
            call.params().string("uri").ifPresent(settled::add);
            call.params().string("level").ifPresent(settled::add);
            CompletionStage<Reply> scripted = server.special.apply(call);
            return scripted != null
                    ? scripted
                    : CompletableFuture.completedFuture(
                            call.isNotification()
                                    ? Reply.accepted()
                                    : Reply.complete(Payload.of(Map.of("from", "server"))));
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }

    private static Call request(String method, Session session) {
        return request(method, session, ALICE);
    }

    private static Call request(String method, Session session, Principal who) {
        return Call.request(RequestId.of(1), method, Payload.empty(), session)
                .withPrincipal(who)
                .withServer("crm");
    }

    private Reply send(Call call) {
        return upstream.forward(call)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static ErrorCode kind(Reply reply) {
        return ((Reply.Failure) reply).kind();
    }

    @Nested
    class ASession {
        @Test
        void hasOneConnectionForAllItsCalls() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            for (int i = 0; i < 5; i++) {
                send(request("tools/list", session));
            }

            assertThat(server.lines).hasSize(1);
            assertThat(server.lines.get(0).methods)
                    .startsWith("initialize", "tools/list")
                    .hasSize(6);
        }

        @Test
        void sharesItsConnectionWithNobody() {
            send(request("initialize", RecordingSession.legacy("a")));
            send(request("initialize", RecordingSession.legacy("b")));
            send(request("initialize", RecordingSession.legacy("a"), Principal.of("bob")));

            assertThat(server.lines).hasSize(3);
        }

        @Test
        void isIntroducedByTheGatewayWhenItHasNoConnectionYet() {
            send(request("tools/list", RecordingSession.legacy("s")));

            assertThat(server.lines.get(0).methods)
                    .containsExactly("initialize", "notifications/initialized", "tools/list");
        }

        @Test
        void isIntroducedAgainAfterALossAndTheCallIsSentOnce() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            server.lines.get(0).sessionLost = true;

            Reply reply = send(request("tools/call", session));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(server.lines).hasSize(2);
            assertThat(server.lines.get(1).methods)
                    .containsExactly("initialize", "notifications/initialized", "tools/call");
        }

        @Test
        void opensOnlyOneConnectionWhenManyCallsComeAtOnce() {
            CompletableFuture<Reply> handshake = new CompletableFuture<>();
            server.special = call -> call.method().equals("initialize") ? handshake : null;
            RecordingSession session = RecordingSession.legacy("s");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                    .mapToObj(i ->
                            upstream.forward(request("tools/list", session)).toCompletableFuture())
                    .toList();

            handshake.complete(Reply.complete(Payload.empty()));

            replies.forEach(reply ->
                    assertThat(reply.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Complete.class));
            assertThat(server.lines).hasSize(1);
        }

        @Test
        void givesItsConnectionBackWhenItEnds() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));

            upstream.ended(session);

            assertThat(server.lines.get(0).open).isFalse();
            assertThat(upstream.connections()).isZero();
        }

        @Test
        void isToldOfWhatTheServerSaysByItself() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            Duplex.Origin origin = server.lines.get(0).origin;

            origin.handle(
                    origin.call(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()), null));

            assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed");
        }
    }

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
        void sharesNothingWithOtherSessions() {
            send(request("initialize", session));
            subscribe("mem://a", session);
            RecordingSession other = RecordingSession.legacy("other");

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

    @Nested
    class AServerThatIsDown {
        @Test
        void costsItsCallersAClearErrorAndComesBackByItself() {
            server.unreachable = true;
            RecordingSession session = RecordingSession.legacy("s");
            Reply first = send(request("tools/list", session));
            Reply second = send(request("tools/list", session));
            assertThat(kind(first)).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(((Reply.Failure) first).message()).isEqualTo("The server \"crm\": connection refused");
            assertThat(((Reply.Failure) second).message()).contains("next attempt is in");

            server.unreachable = false;

            await().untilAsserted(() ->
                    assertThat(send(request("tools/list", session))).isInstanceOf(Reply.Complete.class));
        }

        @Test
        void isGivenUpWhenItDoesNotAnswerTheHandshake() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMinutes(1), Duration.ofMillis(50)));
            server.special = call -> new CompletableFuture<>();

            Reply reply = send(request("initialize", RecordingSession.legacy("s")));

            assertThat(((Reply.Failure) reply).message()).contains("did not answer the handshake");
            assertThat(server.lines.get(0).open).isFalse();
        }

        @Test
        void isNotStartedAgainAndAgainWhenItDiesInItsHandshake() {
            server.special = call -> call.method().equals("initialize")
                    ? CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "exit code 1"))
                    : null;
            for (int i = 0; i < 50; i++) {
                send(request("tools/list", RecordingSession.legacy("s" + i)));
            }

            assertThat(server.lines).hasSizeLessThan(10);
        }

        @Test
        void isNotStartedAgainAndAgainWhenItDiesSoonAfter() {
            RecordingSession session = RecordingSession.legacy("s");
            for (int i = 0; i < 50; i++) {
                send(request("tools/list", session));
                server.lines.get(server.lines.size() - 1).open = false;
            }
            assertThat(server.lines).hasSizeLessThan(10);

            Reply another = send(request("tools/list", RecordingSession.legacy("b"), Principal.of("bob")));
            assertThat(another).as("nobody else waits").isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isNotSentACallTwiceIfItMayHaveBegun() {
            server.special = call -> call.method().equals("tools/call")
                    ? CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "died"))
                    : null;

            send(request("tools/call", RecordingSession.legacy("s")));

            assertThat(server.lines).hasSize(1);
            assertThat(server.lines.get(0).methods).containsOnlyOnce("tools/call");
        }
    }

    @Nested
    class ThePool {
        @Test
        void closesTheLongestIdleConnectionWhenItIsFull() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(2, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            for (String key : List.of("a", "b", "c")) {
                send(request("initialize", RecordingSession.legacy(key)));
            }

            assertThat(server.lines).extracting(line -> line.open).containsExactly(false, true, true);
        }

        @Test
        void refusesWhenAllItsConnectionsAreInUse() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            server.special = call -> call.method().equals("tools/call") ? new CompletableFuture<>() : null;
            upstream.forward(request("tools/call", RecordingSession.legacy("a")));

            Reply reply = send(request("tools/list", RecordingSession.legacy("b")));

            assertThat(((Reply.Failure) reply).message()).contains("no connection free");
        }

        @Test
        void closesConnectionsThatNobodyUses() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMillis(20), Duration.ofSeconds(5)));
            send(request("initialize", RecordingSession.legacy("a")));

            await().until(() -> upstream.connections() == 0);
            assertThat(server.lines.get(0).open).isFalse();
        }

        @Test
        void closesEverythingWithTheUpstream() {
            send(request("initialize", RecordingSession.legacy("a")));

            upstream.close();

            assertThat(server.lines.get(0).open).isFalse();
            assertThat(server.closed).isTrue();
            assertThat(kind(send(request("tools/list", RecordingSession.legacy("b")))))
                    .isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class ASharedConnection {
        private final RecordingSession a = RecordingSession.legacy("a");
        private final RecordingSession b = RecordingSession.legacy("b");

        @BeforeEach
        void share() {
            upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
            send(request("initialize", a));
            send(request("initialize", b, Principal.of("bob")));
        }

        private Reply tell(Envelope.Request message) {
            Duplex.Origin origin = server.lines.get(0).origin;
            return origin.handle(origin.call(message, null))
                    .toCompletableFuture()
                    .join();
        }

        @Test
        void isOpenedOnceForAll() {
            assertThat(server.lines).hasSize(1);
            assertThat(server.lines.get(0).methods).containsOnlyOnce("initialize");
        }

        @Test
        void tellsEverySessionWhatConcernsAll() {
            tell(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()));

            assertThat(a.delivered()).hasSize(1);
            assertThat(b.delivered()).hasSize(1);
        }

        @Test
        void tellsOfAResourceOnlyThoseWhoSubscribed() {
            Map<String, String> uri = Map.of("uri", "mem://a");
            send(Call.request(RequestId.of(2), "resources/subscribe", Payload.of(uri), a)
                    .withPrincipal(ALICE)
                    .withServer("crm"));

            tell(new Envelope.Request(null, "notifications/resources/updated", Payload.of(uri)));

            assertThat(a.delivered()).hasSize(1);
            assertThat(b.delivered()).isEmpty();
        }

        @Test
        void asksNobodyBecauseNobodyKnowsWhom() {
            Reply reply = tell(new Envelope.Request(RequestId.of(5), "sampling/createMessage", Payload.empty()));

            assertThat(kind(reply)).isEqualTo(ErrorCode.METHOD_NOT_FOUND);
            assertThat(a.delivered()).isEmpty();
        }
    }

    @Nested
    class AModernClient {
        private final RecordingSession session = RecordingSession.modern("m");

        @Test
        void getsNoHandshakeMadeForIt() {
            send(request("tools/list", session));

            assertThat(server.lines.get(0).methods).containsExactly("tools/list");
        }

        @Test
        void losesItsConnectionWhenTheServerDoesNotSpeakItsRevision() {
            send(request("tools/list", session));
            send(request("tools/list", RecordingSession.legacy("l")));

            upstream.hangUpOnModern();

            assertThat(server.lines).extracting(Line::isOpen).containsExactly(false, true);
        }
    }
}
