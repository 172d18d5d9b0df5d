package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EraBridgeTest {
    private static final Duration NO_LASTS = Duration.ofMinutes(5);

    private final ManualTimer timer = new ManualTimer();
    private ScriptedServer server;
    private EraBridge bridge;

    private void bridgeTo(ScriptedServer scripted) {
        bridgeTo(scripted, Sharing.SESSION);
    }

    private void bridgeTo(ScriptedServer scripted, Sharing sharing) {
        server = scripted;
        PooledUpstream pool = new PooledUpstream("crm", server, sharing, PoolLimits.DEFAULT, timer);
        bridge = new EraBridge(pool, Json.READER, timer, timer::nanos);
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    private CompletableFuture<Reply> begin(String method, Session session) {
        return begin(Samples.request(method, Map.of("protocolVersion", "2025-11-25"), session));
    }

    private CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    private Reply send(String method, Session session) {
        return begin(method, session).getNow(null);
    }

    private static RecordingSession modernClient() {
        return RecordingSession.modern("m");
    }

    private static ScriptedServer bothEras() {
        return ScriptedServer.legacy().on("server/discover", "{'resultType':'complete','supportedVersions':[]}");
    }

    @Nested
    class AServerOfBothEras {
        @Test
        void isNotProbedForALegacyClientAndAnswersItItself() {
            bridgeTo(bothEras());
            RecordingSession session = RecordingSession.legacy("s");

            send("initialize", session);
            send("tools/list", session);

            assertThat(server.methods()).containsExactly("initialize", "tools/list");
            assertThat(server.last("tools/list").session()).isSameAs(session);
        }

        @Test
        void answersAModernClientItself() {
            bridgeTo(bothEras());
            RecordingSession session = modernClient();

            send("tools/list", session);
            send("tools/list", session);

            assertThat(server.methods()).containsExactly("server/discover", "tools/list", "tools/list");
            assertThat(server.last("tools/list").session()).isSameAs(session);
        }
    }

    @Nested
    class AModernServer {
        static Stream<Reply> refusals() {
            return Stream.of(
                    ScriptedServer.error(-32601),
                    ScriptedServer.error(-32022),
                    Reply.failure(ErrorCode.BAD_UPSTREAM, "HTTP 404"));
        }

        @ParameterizedTest
        @MethodSource("refusals")
        void isBridgedForALegacyClientHoweverItRefusesTheHandshake(Reply refusal) {
            bridgeTo(ScriptedServer.modern().on("initialize", refusal));
            RecordingSession session = RecordingSession.legacy("s");

            Reply greeted = send("initialize", session);
            send("tools/list", session);

            assertThat(((Reply.Complete) greeted).result().string("protocolVersion"))
                    .contains("2025-11-25");
            assertThat(server.last("tools/list").session().isModern()).isTrue();
        }

        @Test
        void isNotAskedForAHandshakeAgainUntilItMayHaveChanged() {
            bridgeTo(ScriptedServer.modern());
            send("initialize", RecordingSession.legacy("a"));
            send("initialize", RecordingSession.legacy("b"));
            assertThat(server.received("initialize")).hasSize(1);

            timer.advance(NO_LASTS);
            send("initialize", RecordingSession.legacy("c"));

            assertThat(server.received("initialize")).hasSize(2);
        }

        @Test
        void isBridgedWhereAllClientsShareOneConnection() {
            bridgeTo(ScriptedServer.modern(), Sharing.ALL);

            Reply greeted = send("initialize", RecordingSession.legacy("s"));

            assertThat(greeted).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void tellsALegacyClientOfChangesAlsoWhereAllShareOneConnection() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""), Sharing.ALL);
            server.later(Terms.LISTEN);
            RecordingSession session = RecordingSession.legacy("s");
            send("initialize", session);
            begin(Call.notification("notifications/initialized", Json.body("{}"), session)
                    .withPrincipal(Samples.ALICE)
                    .withServer("crm"));
            Call listen = server.last(Terms.LISTEN);
            server.tell(listen, Terms.ACKNOWLEDGED, "{'_meta':{'" + Terms.SUBSCRIPTION_ID + "':1}}");

            server.tell(listen, "notifications/tools/list_changed", "{'_meta':{'" + Terms.SUBSCRIPTION_ID + "':1}}");

            assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed");
        }
    }

    @Nested
    class ALegacyServer {
        @Test
        void isBridgedForAModernClient() {
            bridgeTo(ScriptedServer.legacy());

            Reply listed = send("tools/list", modernClient());

            assertThat(((Reply.Complete) listed).result().string("resultType")).contains("complete");
            assertThat(server.methods())
                    .containsExactly("server/discover", "initialize", "notifications/initialized", "tools/list");
        }

        @Test
        void mayDieOfAMethodThatItDoesNotKnow() {
            bridgeTo(ScriptedServer.legacy());
            server.with("server/discover", call -> {
                server.drop();
                return CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "it died"));
            });

            Reply first = send("tools/list", modernClient());
            Reply second = send("tools/list", modernClient());

            assertThat(List.of(first, second))
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("server/discover")).hasSize(1);
            assertThat(server.openLines()).isEqualTo(1);
        }

        @Test
        void isAskedAgainWhenItMayHaveLearnedTheNewEra() {
            bridgeTo(ScriptedServer.legacy());
            send("tools/list", modernClient());
            send("tools/list", modernClient());
            assertThat(server.received("server/discover")).hasSize(1);

            timer.advance(NO_LASTS);
            send("tools/list", modernClient());

            assertThat(server.received("server/discover")).hasSize(2);
        }

        @Test
        void mayBeSilentWhenItIsAskedForItsEra() {
            bridgeTo(ScriptedServer.legacy());
            server.later("server/discover");
            CompletableFuture<Reply> listed = begin("tools/list", modernClient());
            assertThat(listed).isNotDone();

            timer.advance(Duration.ofSeconds(5));

            assertThat(listed).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.last("server/discover").cancellation().isCancelled())
                    .isTrue();
        }

        @Test
        void isAskedAgainIfItWasOnlySlowAndRefusesTheHandshake() {
            bridgeTo(ScriptedServer.modern());
            server.later("server/discover");
            CompletableFuture<Reply> first = begin("tools/list", modernClient());
            timer.advance(Duration.ofSeconds(5));
            assertThat(first).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
            CompletableFuture<Reply> discovered = server.later("server/discover");

            CompletableFuture<Reply> second = begin("tools/list", modernClient());
            timer.advance(Duration.ofSeconds(20));
            discovered.complete(ScriptedServer.result("{'resultType':'complete'}"));

            assertThat(second).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.received("initialize")).hasSize(1);
        }
    }

    @Nested
    class AServerThatIsNotThere {
        @Test
        void saysSoToAModernClientAndIsAskedAgain() {
            bridgeTo(ScriptedServer.modern().unreachable(true));
            Reply reply = send("tools/list", modernClient());
            assertThat(((Reply.Failure) reply).is(ErrorCode.UNAVAILABLE)).isTrue();

            server.unreachable(false);

            await().untilAsserted(
                            () -> assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("initialize")).isEmpty();
        }

        @Test
        void saysSoToALegacyClientAndIsAskedAgain() {
            bridgeTo(ScriptedServer.legacy().unreachable(true));
            RecordingSession session = RecordingSession.legacy("s");
            Reply reply = send("initialize", session);
            assertThat(((Reply.Failure) reply).is(ErrorCode.UNAVAILABLE)).isTrue();

            server.unreachable(false);

            await().untilAsserted(() -> assertThat(send("initialize", session)).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("server/discover")).isEmpty();
        }

        @Test
        void hasNoEraByAFailureOfTheGatewayItself() {
            bridgeTo(ScriptedServer.modern());
            server.with("server/discover", call -> {
                throw new IllegalStateException("broken");
            });
            Reply reply = send("tools/list", modernClient());
            assertThat(((Reply.Failure) reply).is(ErrorCode.INTERNAL)).isTrue();

            server.on("server/discover", "{'resultType':'complete'}");

            assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class);
        }
    }

    @Nested
    class ManyCallsAtOnce {
        @Test
        void waitForOneProbe() {
            bridgeTo(ScriptedServer.modern());
            CompletableFuture<Reply> discovered = server.later("server/discover");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                    .mapToObj(i -> begin("tools/list", RecordingSession.modern("m" + i)))
                    .toList();

            discovered.complete(ScriptedServer.result("{'resultType':'complete'}"));

            assertThat(server.received("server/discover")).hasSize(1);
            assertThat(replies)
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
        }

        @Test
        void ofASessionThatTheServerDoesNotKnowWaitForOneIntroduction() {
            bridgeTo(ScriptedServer.legacy());
            CompletableFuture<Reply> greeting = server.later("initialize");
            RecordingSession session = RecordingSession.legacy("s");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                    .mapToObj(i -> begin("tools/list", session))
                    .toList();

            greeting.complete(ScriptedServer.result("{'protocolVersion':'2025-11-25'}"));

            assertThat(server.received("initialize")).hasSize(1);
            assertThat(server.received("notifications/initialized")).hasSize(1);
            assertThat(replies)
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
        }

        @Test
        void ofASessionThatAModernServerCannotKnowWaitForOneIntroduction() {
            bridgeTo(ScriptedServer.modern());
            CompletableFuture<Reply> refusal = server.later("initialize");
            RecordingSession session = RecordingSession.legacy("s");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                    .mapToObj(i -> begin("tools/list", session))
                    .toList();

            refusal.complete(ScriptedServer.error(-32601));

            assertThat(server.received("initialize")).hasSize(1);
            assertThat(server.received("tools/list")).hasSize(20);
            assertThat(replies)
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
        }

        @Test
        void doNotWaitForAnIntroductionThatFailed() {
            bridgeTo(ScriptedServer.legacy().on("initialize", ScriptedServer.error(-32000)));
            RecordingSession session = RecordingSession.legacy("s");
            assertThat(send("tools/list", session)).isInstanceOf(Reply.Failure.class);

            server.on("initialize", "{'protocolVersion':'2025-11-25'}");

            assertThat(send("tools/list", session)).isInstanceOf(Reply.Complete.class);
        }
    }

    @Nested
    class TheEnd {
        @Test
        void ofABridgedSessionFreesWhatIsHeldForIt() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""));
            server.later(Terms.LISTEN);
            RecordingSession session = RecordingSession.legacy("s");
            send("tools/list", session);
            Call listen = server.last(Terms.LISTEN);

            bridge.ended(session);

            assertThat(listen.cancellation().isCancelled()).isTrue();
            send("tools/list", session);
            assertThat(server.received("server/discover"))
                    .as("introduced anew: probe, first session, second session")
                    .hasSize(3);
        }

        @Test
        void ofASessionWhileAModernServerIsAskedLeavesNothingBehind() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""));
            server.later(Terms.LISTEN);
            CompletableFuture<Reply> refusal = server.later("initialize");
            RecordingSession session = RecordingSession.legacy("s");
            RecordingSession waiting = RecordingSession.legacy("w");
            CompletableFuture<Reply> greeted = begin("initialize", session);
            CompletableFuture<Reply> listed = begin("tools/list", waiting);

            bridge.ended(session);
            bridge.ended(waiting);
            refusal.complete(ScriptedServer.error(-32601));

            assertThat(List.of(greeted, listed))
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Failure.class::isInstance));
            assertThat(server.received(Terms.LISTEN)).isEmpty();
            assertThat(server.received("tools/list")).isEmpty();
            int asked = server.received("server/discover").size();
            send("tools/list", session);
            assertThat(server.received("server/discover"))
                    .as("it is introduced anew")
                    .hasSize(asked + 1);
        }

        @Test
        void ofASessionDuringItsIntroductionOpensNoConnectionForIt() {
            bridgeTo(ScriptedServer.legacy());
            CompletableFuture<Reply> greeting = server.later("initialize");
            RecordingSession session = RecordingSession.legacy("s");
            CompletableFuture<Reply> listed = begin("tools/list", session);

            bridge.ended(session);
            greeting.complete(ScriptedServer.result("{'protocolVersion':'2025-11-25'}"));

            assertThat(listed).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
            assertThat(server.received("initialize")).hasSize(1);
            assertThat(server.openLines()).isZero();
        }

        @Test
        void ofASessionClosesItsConnection() {
            bridgeTo(ScriptedServer.legacy());
            RecordingSession session = RecordingSession.legacy("s");
            send("initialize", session);

            bridge.ended(session);

            assertThat(server.openLines()).isZero();
        }

        @Test
        void ofTheBridgeEndsWhatWaitsAndWhatListens() {
            bridgeTo(ScriptedServer.legacy());
            server.later("tools/call");
            CompletableFuture<Reply> call =
                    begin(ModernToLegacyFixture.call("tools/call", "'name':'t'", modernClient()));
            Call atServer = server.last("tools/call");
            server.ask(atServer, "sampling/createMessage", "{}");
            CompletableFuture<Reply> listen =
                    begin(ModernToLegacyFixture.call(Terms.LISTEN, "'notifications':{}", modernClient()));
            assertThat(call).isCompletedWithValueMatching(Reply.InputRequired.class::isInstance);
            assertThat(listen).isNotDone();

            bridge.close();

            assertThat(atServer.cancellation().isCancelled()).isTrue();
            assertThat(listen).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.openLines()).isZero();
            assertThat(server.isClosed()).isTrue();
        }
    }
}
