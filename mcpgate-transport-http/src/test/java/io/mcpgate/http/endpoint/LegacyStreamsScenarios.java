package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What any engine around the endpoint must do with the event streams of legacy sessions, on real sockets. */
@Timeout(60)
abstract class LegacyStreamsScenarios extends EndpointFixture {
    private static final EndpointLimits.Replay REPLAY = EndpointLimits.Replay.DEFAULT;

    private static final int MORE_MEGABYTES_THAN_SOCKETS_HOLD = 24;

    private static final EndpointLimits LIMITS_FOR_SLOW_READERS = new EndpointLimits(
            LIMITS.sessionsPerPrincipal(),
            LIMITS.sessions(),
            LIMITS.sessionIdle(),
            LIMITS.callsPerSession(),
            LIMITS.keepAlive(),
            Duration.ofSeconds(50),
            64 << 20,
            LIMITS.queuedMessages(),
            LIMITS.queuedBytes(),
            LIMITS.streamsPerSession(),
            LIMITS.batchMessages(),
            LIMITS.batchBytes(),
            LIMITS.replay());

    private void keeping(EndpointLimits.Replay replay) throws Exception {
        restart(LIMITS.withReplay(replay), Set.of(), Set.of());
    }

    private static EndpointLimits.Replay events(int count) {
        return new EndpointLimits.Replay(count, REPLAY.bytes(), REPLAY.age(), REPLAY.bytesInAll(), REPLAY.retry());
    }

    private static EndpointLimits.Replay bytes(int inSession, long inAll) {
        return new EndpointLimits.Replay(REPLAY.events(), inSession, REPLAY.age(), inAll, REPLAY.retry());
    }

    /** A call that goes on until it is released, on a stream that is open. */
    private final class Held {
        private final Call call;
        private final RawHttp http;
        private final RawHttp.Event priming;

        private Held(String session, int id) {
            int before = up1.held.size();
            http = legacyTool(session, id, "hold").begin();
            await().until(() -> up1.held.size() == before + 1);
            call = up1.held.get(before);
            assertThat(http.head().header("Content-Type")).isEqualTo("text/event-stream");
            priming = http.next();
        }

        private CompletableFuture<Reply> says(String text) {
            return call.session()
                    .deliver(call.notificationToClient(
                            "notifications/message", Payload.of(Map.of("level", "info", "data", text))))
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS);
        }

        private String hears(String text) {
            says(text);
            RawHttp.Event event = http.next();
            assertThat(event.data()).contains(text);
            return event.id();
        }
    }

    private Sent resuming(String session, String eventId) {
        return onSession("GET", session).with("Last-Event-ID", eventId);
    }

    private RawHttp resume(String session, String eventId) {
        RawHttp http = resuming(session, eventId).begin();
        assertThat(http.head().status()).isEqualTo(200);
        return http;
    }

    private RawHttp listen(String session) {
        RawHttp http = onSession("GET", session).begin();
        assertThat(http.head().status()).isEqualTo(200);
        assertThat(http.next().isPriming()).isTrue();
        return http;
    }

    /** The server says something on its own. */
    private Reply announce(String text) {
        Call call = up1.calls.get(0);
        return call.session()
                .deliver(Call.unsolicited(
                        null,
                        "notifications/message",
                        Payload.of(Map.of("level", "info", "data", text)),
                        call.session(),
                        Principal.of("alice", "all"),
                        "up1"))
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Nested
    class Priming {
        @Test
        void isTheFirstEventOfACallsStream() {
            Held held = new Held(session(), 1);
            assertThat(held.priming.isPriming()).isTrue();
            assertThat(held.priming.retry()).isEmpty(); // the Java SDK's client up to 1.1.5 would drop the stream
            up1.release.complete(null);
            RawHttp.Event reply = held.http.next();
            assertThat(reply.data()).contains("held");
            assertThat(reply.id()).isNotEmpty().isNotEqualTo(held.priming.id());
            assertThat(held.http.next()).isNull();
        }

        @Test
        void isTheFirstEventOfAnAnswerThatOnlySuitsAsAStream() {
            RawHttp http = legacyTool(session(), 1, "echo")
                    .with("Accept", "text/event-stream")
                    .begin();
            http.head();
            assertThat(http.next().isPriming()).isTrue();
            assertThat(http.next().data()).contains("\"id\":1,\"result\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"2025-03-26", "2025-06-18"})
        void isUnknownToEarlierRevisionsThatHaveIdsNevertheless(String revision) {
            String session = session(revision);
            RawHttp http = legacyTool(session, 1, "progress")
                    .with("MCP-Protocol-Version", revision)
                    .begin();
            http.head();
            RawHttp.Event first = http.next();
            assertThat(first.data()).contains("\"progress\":1");
            assertThat(first.id()).isNotEmpty();
            RawHttp again = resume(session, first.id());
            assertThat(again.event()).contains("\"progress\":2");
            assertThat(again.event()).contains("done");
            assertThat(again.event()).isNull();
        }

        @Test
        void isNoPartOfModernStreams() {
            RawHttp http = modernTool("progress").begin();
            http.head();
            RawHttp.Event first = http.next();
            assertThat(first.data()).contains("\"progress\":1");
            assertThat(first.id()).isEmpty();
        }

        @Test
        void commentsHaveNoIdsAndTakeNone() {
            String session = session();
            Held held = new Held(session, 1);
            String first = held.hears("one");
            int before = held.http.comments();
            CompletableFuture<RawHttp.Event> next = CompletableFuture.supplyAsync(held.http::next);
            await().until(() -> held.http.comments() > before + 1);
            held.says("two");
            assertThat(next.join().data()).contains("two");
            assertThat(idNumber(next.join().id())).isEqualTo(idNumber(first) + 1);
        }

        private static int idNumber(String eventId) {
            return Integer.parseInt(eventId.substring(eventId.lastIndexOf('.') + 1));
        }

        @Test
        void hasIdsOfItsOwnOnEachOfSeveralStreams() {
            String session = session();
            Set<String> ids = Set.of(
                    new Held(session, 1).priming.id(),
                    new Held(session, 2).priming.id(),
                    new Held(session, 3).priming.id());
            assertThat(ids).hasSize(3);
        }
    }

    @Nested
    class Resuming {
        @Test
        void bringsWhatWasMissedInOrderAndThenTheResponse() throws Exception {
            String session = session();
            Held held = new Held(session, 7);
            String seen = held.hears("one");
            held.http.reset();
            held.says("two").join();
            held.says("three").join();
            assertThat(held.call.cancellation().isCancelled()).isFalse();
            up1.release.complete(null);
            RawHttp again = resume(session, seen);
            assertThat(again.event()).contains("two");
            assertThat(again.event()).contains("three");
            assertThat(again.event()).contains("\"id\":7").contains("held");
            assertThat(again.event()).isNull();
        }

        @Test
        void goesOnLive() throws Exception {
            String session = session();
            Held held = new Held(session, 1);
            held.http.reset();
            held.says("one").join();
            RawHttp again = resume(session, held.priming.id());
            assertThat(again.event()).contains("one");
            held.says("two");
            assertThat(again.event()).contains("two");
            up1.release.complete(null);
            assertThat(again.event()).contains("held");
            assertThat(again.event()).isNull();
        }

        @Test
        void repeatsNothingThatTheClientHasSeen() throws Exception {
            String session = session();
            Held held = new Held(session, 1);
            held.hears("one");
            String seen = held.hears("two");
            held.http.reset();
            up1.release.complete(null);
            RawHttp again = resume(session, seen);
            assertThat(again.event()).contains("held");
        }

        @Test
        void keepsStreamsApart() throws Exception {
            String session = session();
            RawHttp general = listen(session);
            Held first = new Held(session, 1);
            Held second = new Held(session, 2);
            first.http.reset();
            second.http.reset();
            second.says("of the second").join();
            first.says("of the first").join();
            announce("of no call");
            assertThat(general.event()).contains("of no call");
            up1.release.complete(null);
            RawHttp again = resume(session, first.priming.id());
            assertThat(again.event()).contains("of the first");
            assertThat(again.event()).contains("\"id\":1");
            assertThat(again.event()).isNull();
            again = resume(session, second.priming.id());
            assertThat(again.event()).contains("of the second");
            assertThat(again.event()).contains("\"id\":2");
            assertThat(again.event()).isNull();
        }

        @Test
        void isPossibleAfterTheStreamHasEndedToo() {
            String session = session();
            Held held = new Held(session, 1);
            up1.release.complete(null);
            RawHttp.Event reply = held.http.next();
            assertThat(held.http.next()).isNull();
            assertThat(resume(session, held.priming.id()).event()).contains("held");
            assertThat(resume(session, reply.id()).event()).isNull();
        }

        @Test
        void carriesRequestsOfTheServer() throws Exception {
            String session = session();
            Held held = new Held(session, 1);
            held.http.reset();
            CompletableFuture<Reply> asked = held.call
                    .session()
                    .deliver(held.call.requestToClient(RequestId.of("s"), "roots/list", Payload.empty()))
                    .toCompletableFuture();
            String request = resume(session, held.priming.id()).event();
            assertThat(request).contains("roots/list");
            String id = request.replaceAll(".*\"id\":([0-9]+).*", "$1");
            assertThat(post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"roots\":[]}}")
                            .with("Mcp-Session-Id", session)
                            .status())
                    .isEqualTo(202);
            assertThat(asked.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void survivesAClientThatComesBackAgainAndAgain() {
            String session = session();
            Held held = new Held(session, 1);
            held.hears("one");
            RawHttp before = held.http;
            for (int i = 0; i < 30; i++) {
                RawHttp again = resume(session, held.priming.id());
                assertThat(again.event()).contains("one");
                assertThat(before.event())
                        .as("the connection that was given up")
                        .isNull();
                before = again;
            }
            up1.release.complete(null);
            assertThat(before.event()).contains("held");
            assertThat(before.event()).isNull();
        }

        @Test
        void bringsMoreThanMayWaitForAReader() throws Exception {
            String session = session();
            Held held = new Held(session, 1);
            held.http.reset();
            String large = "x".repeat(100 << 10);
            for (int i = 0; i < 20; i++) {
                held.says(i + large).join();
            }
            RawHttp again = resume(session, held.priming.id());
            for (int i = 0; i < 20; i++) {
                assertThat(again.event()).contains("\"" + i + "x");
            }
            up1.release.complete(null);
            assertThat(again.event()).contains("held");
        }

        @ParameterizedTest
        @ValueSource(strings = {"x", "a.b.c", "12345678.c1.0", "ÿ", ".c1.1", "c1.0", "99999999999999999999999999"})
        void isRefusedWithoutAnEventOfThisSession(String eventId) {
            String session = session();
            assertThat(resuming(session, eventId).status()).isEqualTo(410);
            assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(200);
        }

        @Test
        void isRefusedBehindWhatWasSent() {
            String session = session();
            Held held = new Held(session, 1);
            String eventId = held.priming.id();
            assertThat(resuming(session, eventId.replaceAll("0$", "1")).status())
                    .isEqualTo(410);
            assertThat(resuming(session, eventId.replaceAll("c[0-9]+", "c99")).status())
                    .isEqualTo(410);
        }

        @Test
        void isRefusedToOtherSessionsAndPrincipals() {
            String session = session();
            Held held = new Held(session, 1);
            held.hears("secret");
            String eventId = held.priming.id();
            String others = session();
            new Held(others, 1);
            assertThat(resuming(others, eventId).status()).isEqualTo(410);
            String bobs =
                    initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
            assertThat(resuming(bobs, eventId)
                            .with("Authorization", "Bearer bob")
                            .status())
                    .isEqualTo(410);
            assertThat(resuming(session, eventId)
                            .with("Authorization", "Bearer bob")
                            .status())
                    .isEqualTo(404);
            assertThat(resuming(session, eventId).with("Authorization", null).status())
                    .isEqualTo(401);
            held.hears("still here");
        }
    }

    @Nested
    class WhatIsKept {
        @Test
        void losesTheOldestFirst() throws Exception {
            keeping(events(3));
            String session = session();
            Held held = new Held(session, 1);
            held.http.reset();
            for (int i = 1; i <= 6; i++) {
                held.says("number " + i).join();
            }
            RawHttp again = resume(session, held.priming.id());
            assertThat(again.event()).contains("number 4");
            assertThat(again.event()).contains("number 5");
            assertThat(again.event()).contains("number 6");
            up1.release.complete(null);
            assertThat(again.event()).contains("held");
        }

        @Test
        void losesTheOldestOverAllStreamsOfTheSession() throws Exception {
            keeping(events(3));
            String session = session();
            Held first = new Held(session, 1);
            up1.release.complete(null);
            assertThat(first.http.event()).contains("held");
            for (int id = 2; id <= 4; id++) {
                legacyTool(session, id, "echo")
                        .with("Accept", "text/event-stream")
                        .answer();
            }
            assertThat(resuming(session, first.priming.id()).status()).isEqualTo(410);
        }

        @Test
        void isNotAResponseThatIsTooLarge() throws Exception {
            keeping(bytes(300, 1 << 20));
            String session = session();
            RawHttp http = legacy(
                            session,
                            1,
                            "tools/call",
                            "\"name\":\"echo\",\"arguments\":{\"x\":\"" + "y".repeat(400) + "\"}")
                    .with("Accept", "text/event-stream")
                    .begin();
            http.head();
            String priming = http.next().id();
            assertThat(http.event()).contains("yyy");
            assertThat(resuming(session, priming).status()).isEqualTo(410);
        }

        @Test
        void isBoundedOverAllSessions() throws Exception {
            keeping(bytes(1_000, 1_200));
            String full = session();
            Held first = new Held(full, 1);
            first.http.reset();
            first.says("x".repeat(800)).join();
            String other = session();
            Held second = new Held(other, 1);
            second.http.reset();
            await().until(() -> second.says("y".repeat(800)).join() instanceof Reply.Failure);
            assertThat(resume(full, first.priming.id()).event()).contains("xxx");
            assertThat(onSession("DELETE", full).status()).isEqualTo(204);
            assertThat(second.says("z".repeat(800)).join()).isInstanceOf(Reply.Accepted.class);
        }

        @Test
        void isNothingIfTheLimitsSaySo() throws Exception {
            keeping(events(0));
            String session = session();
            Held held = new Held(session, 1);
            held.hears("one");
            up1.release.complete(null);
            assertThat(held.http.event()).contains("held");
            assertThat(resuming(session, held.priming.id()).status()).isEqualTo(410);
        }

        @Test
        void growsOld() throws Exception {
            keeping(new EndpointLimits.Replay(
                    256, 1 << 20, Duration.ofMillis(100), REPLAY.bytesInAll(), REPLAY.retry()));
            String session = session();
            RawHttp http = legacyTool(session, 1, "echo")
                    .with("Accept", "text/event-stream")
                    .begin();
            http.head();
            String priming = http.next().id();
            await().until(() -> {
                RawHttp again = resuming(session, priming).begin();
                return again.head().status() == 410;
            });
        }

        @Test
        void goesWithTheSession() {
            String session = session();
            RawHttp general = listen(session);
            Held held = new Held(session, 1);
            held.hears("one");
            assertThat(onSession("DELETE", session).status()).isEqualTo(204);
            assertThat(general.event()).isNull();
            String last = held.http.event();
            assertThat(last == null || last.contains("\"id\":1")).isTrue();
            assertThat(resuming(session, held.priming.id()).status()).isEqualTo(404);
            assertThat(held.says("two").join()).isInstanceOf(Reply.Failure.class);
        }
    }

    @Nested
    class SeveralGeneralStreams {
        @Test
        void carryEachMessageOnce() {
            String session = session();
            RawHttp older = listen(session);
            RawHttp newer = listen(session);
            announce("one");
            announce("two");
            assertThat(newer.event()).contains("one");
            assertThat(newer.event()).contains("two");
            newer.close();
            CompletableFuture<String> heard = CompletableFuture.supplyAsync(older::event);
            await().until(() -> {
                announce("three");
                return heard.isDone();
            });
            assertThat(heard.join()).contains("three");
        }

        @Test
        void carryNothingOfACall() {
            String session = session();
            RawHttp general = listen(session);
            Held held = new Held(session, 1);
            held.hears("of the call");
            announce("of no call");
            assertThat(general.event()).contains("of no call");
            up1.release.complete(null);
            assertThat(held.http.event()).contains("held");
            announce("last");
            assertThat(general.event()).contains("last");
        }

        @Test
        void bringOnceThatAListHasChangedHoweverOftenItDidWhileNobodyListened() {
            String session = session();
            legacy(session, 1, "ping", "").answer();
            changed("tools");
            announce("one");
            changed("tools");
            changed("prompts");
            changed("tools");
            RawHttp stream = listen(session);

            assertThat(stream.event()).contains("tools/list_changed");
            assertThat(stream.event()).contains("one");
            assertThat(stream.event()).contains("prompts/list_changed");
            changed("tools"); // the client may have listed in between
            assertThat(stream.event()).contains("tools/list_changed");
        }

        @Test
        void bringOnceThatAListHasChangedHoweverOftenItDidWhileTheClientDidNotRead() throws Exception {
            restart(LIMITS_FOR_SLOW_READERS, Set.of(), Set.of());
            String session = session();
            RawHttp stream = listen(session);
            String megabyte = "x".repeat(1 << 20);
            for (int i = 0; i < MORE_MEGABYTES_THAN_SOCKETS_HOLD; i++) {
                tell("notifications/message", Payload.of(Map.of("level", "info", "data", megabyte)));
            }

            CompletableFuture<Reply> first = tell("notifications/tools/list_changed", Payload.empty());
            tell("notifications/prompts/list_changed", Payload.empty());
            CompletableFuture<Reply> second = tell("notifications/tools/list_changed", Payload.empty());
            assertThat(second).isNotDone();

            for (int i = 0; i < MORE_MEGABYTES_THAN_SOCKETS_HOLD; i++) {
                assertThat(stream.event()).contains(megabyte);
            }
            assertThat(stream.event()).contains("tools/list_changed");
            assertThat(stream.event()).contains("prompts/list_changed");
            assertThat(first.join()).isEqualTo(Reply.accepted());
            assertThat(second.join()).isEqualTo(Reply.accepted());
            announce("one");
            assertThat(stream.event()).contains("one");
        }

        private void changed(String kind) {
            assertThat(tell("notifications/" + kind + "/list_changed", Payload.empty())
                            .join())
                    .isEqualTo(Reply.accepted());
        }

        private CompletableFuture<Reply> tell(String method, Payload params) {
            Call call = up1.calls.get(0);
            return call.session()
                    .deliver(
                            ScriptedUpstream.unsolicited(call.session(), method).withParams(params))
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS);
        }

        @Test
        void bringTheNewsThatPolicyHasChanged() {
            String session = session();
            notification(session, "notifications/initialized", "").answer();
            gateway.announce((known, server) -> Optional.of(known));
            changed("tools"); // the server's own waits as well, and says the same
            RawHttp stream = listen(session);
            announce("one");

            assertThat(stream.event())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
            assertThat(stream.event()).contains("one");
            gateway.announce((known, server) -> Optional.of(known));
            assertThat(stream.event()).contains("tools/list_changed");
        }

        @Test
        void areOnlySoMany() throws Exception {
            restart(LIMITS.withStreamsPerSession(2), Set.of(), Set.of());
            String session = session();
            RawHttp first = listen(session);
            listen(session);
            assertThat(onSession("GET", session).status()).isEqualTo(409);
            first.close();
            await().until(() -> onSession("GET", session).begin().head().status() == 200);
        }

        @Test
        void goOnWhereTheirClientLeftThem() throws Exception {
            String session = session();
            RawHttp stream = listen(session);
            announce("one");
            String seen = stream.next().id();
            stream.reset();
            announce("two");
            announce("three");
            RawHttp again = resume(session, seen);
            assertThat(again.event()).contains("two");
            assertThat(again.event()).contains("three");
            announce("four");
            assertThat(again.event()).contains("four");
        }

        @Test
        void doNotTellOneClientWhatAnotherMissed() throws Exception {
            String session = session();
            RawHttp first = listen(session);
            announce("one");
            first.next();
            RawHttp second = listen(session);
            announce("two");
            assertThat(second.event()).contains("two");
        }

        @Test
        void startAnewWhenNothingIsKept() throws Exception {
            keeping(events(0));
            String session = session();
            RawHttp stream = onSession("GET", session).begin();
            stream.head();
            String eventId = stream.next().id();
            stream.close();
            RawHttp again = resume(session, eventId.replaceAll("g[0-9]+", "g999"));
            assertThat(again.next().isPriming()).isTrue();
            announce("one");
            assertThat(again.event()).contains("one");
        }

        @Test
        void takeOverWhatHasWaitedAlsoIfItIsMuch() {
            String session = session();
            String large = "x".repeat(100 << 10);
            for (int i = 0; i < 9; i++) {
                assertThat(announce(i + large)).isInstanceOf(Reply.Accepted.class);
            }
            RawHttp stream = listen(session);
            for (int i = 0; i < 9; i++) {
                assertThat(stream.event()).contains("\"" + i + "x");
            }
        }

        @Test
        void mayBeOpenedInALoop() throws Exception {
            restart(LIMITS.withStreamsPerSession(2), Set.of(), Set.of());
            String session = session();
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                try (RawHttp http = onSession("GET", session).begin()) {
                    statuses.add(http.head().status());
                }
            }
            assertThat(statuses).contains(200).isSubsetOf(200, 409);
            await().until(() -> onSession("GET", session).begin().head().status() == 200);
        }

        @Test
        void tellTheClientWhenToComeBackAsTheGatewayCloses() {
            String session = session();
            RawHttp stream = listen(session);
            endpoint.close();
            assertThat(stream.next().retry()).isEqualTo("1000");
            assertThat(stream.next()).isNull();
        }
    }

    @Nested
    class Initializing {
        @Test
        void leavesNothingIfItIsRefused() {
            for (int i = 0; i < 20; i++) {
                RawHttp.Answer answer = initialize().with("Authorization", null).answer();
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
            }
            assertThat(up1.calls).isEmpty();
            for (int i = 0; i < 20; i++) {
                Sent refused = initialize();
                refused.body(refused.body.replace("2025-11-25", "refused")).answer();
            }
            assertThat(up1.ended).hasSize(20);
            List<String> sessions =
                    IntStream.range(0, 3).mapToObj(i -> session()).toList();
            for (String session : sessions) {
                assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(200);
            }
            assertThat(up1.ended).hasSize(20);
        }

        @Test
        void pingReachesTheServer() {
            RawHttp.Answer answer = legacy(session(), 4, "ping", "").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"id\":4,\"result\"");
            assertThat(up1.methods()).contains("ping");
        }
    }
}
