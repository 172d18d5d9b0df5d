package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sessions as they come, many at once, and go. */
class EraBridgeSessionsTest extends EraBridgeFixture {
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

    private static Call rootsChanged(RecordingSession session) {
        return Call.notification("notifications/roots/list_changed", Payload.empty(), session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
    }

    @Test
    void aNotificationDuringTheIntroductionOfItsSessionWaitsForIt() {
        bridgeTo(ScriptedServer.legacy());
        CompletableFuture<Reply> greeting = server.later("initialize");
        RecordingSession session = RecordingSession.legacy("s");
        begin("tools/list", session);
        begin(rootsChanged(session));

        greeting.complete(ScriptedServer.result("{'protocolVersion':'2025-11-25'}"));

        assertThat(server.received("notifications/roots/list_changed")).hasSize(1);
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
        void ofASessionIsTheEndAlsoForANotificationThatComesBehindIt() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""));
            server.later(Terms.LISTEN);
            RecordingSession session = RecordingSession.legacy("s");
            send("tools/list", session);
            bridge.ended(session);
            List<String> before = server.methods();

            CompletableFuture<Reply> told = begin(rootsChanged(session));

            assertThat(told).isCompletedWithValueMatching(Reply.Accepted.class::isInstance);
            assertThat(server.methods()).isEqualTo(before);
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
        void ofASessionGivesItsPlaceAtTheServerBackAlsoIfWhatListensThrows() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""));
            server.later(Terms.LISTEN);
            RecordingSession session = RecordingSession.legacy("s");
            send("tools/list", session);
            throwingWhenCancelled(server.last(Terms.LISTEN));
            assertThat(pool.connections()).isEqualTo(2);

            assertThatThrownBy(() -> bridge.ended(session)).hasMessage("It cannot be told");

            assertThat(pool.connections()).as("that of modern clients").isEqualTo(1);
        }

        private static void throwingWhenCancelled(Call call) {
            call.cancellation().onCancel(() -> {
                throw new IllegalStateException("It cannot be told");
            });
        }

        @Test
        void ofTheBridgeEndsAllAlsoIfSomethingThrows() {
            bridgeTo(ScriptedServer.legacy());
            server.later("tools/call");
            List<Call> waiting = List.of(waitingAtServer(), waitingAtServer());
            waiting.forEach(TheEnd::throwingWhenCancelled);
            CompletableFuture<Reply> listen =
                    begin(ModernToLegacyFixture.call(Terms.LISTEN, "'notifications':{}", modernClient()));

            assertThatThrownBy(bridge::close).hasMessage("It cannot be told");

            assertThat(waiting).allMatch(call -> call.cancellation().isCancelled());
            assertThat(listen).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.openLines()).isZero();
            assertThat(server.isClosed()).isTrue();
        }

        /** A call that asks its client something. */
        private Call waitingAtServer() {
            CompletableFuture<Reply> call =
                    begin(ModernToLegacyFixture.call("tools/call", "'name':'t'", modernClient()));
            Call atServer = server.last("tools/call");
            server.ask(atServer, "sampling/createMessage", "{}");
            assertThat(call).isCompletedWithValueMatching(Reply.InputRequired.class::isInstance);
            return atServer;
        }

        @Test
        void ofTheBridgeEndsWhatWaitsAndWhatListens() {
            bridgeTo(ScriptedServer.legacy());
            server.later("tools/call");
            Call atServer = waitingAtServer();
            CompletableFuture<Reply> listen =
                    begin(ModernToLegacyFixture.call(Terms.LISTEN, "'notifications':{}", modernClient()));
            assertThat(listen).isNotDone();

            bridge.close();

            assertThat(atServer.cancellation().isCancelled()).isTrue();
            assertThat(listen).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.openLines()).isZero();
            assertThat(server.isClosed()).isTrue();
        }
    }
}
