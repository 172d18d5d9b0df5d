package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Payload;
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
import org.junit.jupiter.api.Test;

/** The streams of a legacy session for what belongs to no call (GET). */
abstract class GeneralStreamsScenarios extends StreamsFixture {
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
            LIMITS.bodyBytes(),
            LIMITS.replay());

    @Test
    void notificationsWaitForTheStream() {
        String session = session();
        deliver("notifications/tools/list_changed");
        deliver("notifications/prompts/list_changed");
        RawHttp stream = onSession("GET", session).begin();
        assertThat(stream.head().header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(stream.event()).contains("tools/list_changed");
        assertThat(stream.event()).contains("prompts/list_changed");
    }

    @Test
    void onlySoManyWait() {
        session();
        for (int i = 0; i < 256; i++) {
            assertThat(deliver("notifications/message")).isInstanceOf(Reply.Accepted.class);
        }
        assertThat(deliver("notifications/message")).isInstanceOf(Reply.Failure.class);
    }

    private CompletableFuture<Reply> askForRoots() {
        Call call = up1.calls.get(0);
        return call.session()
                .deliver(Call.unsolicited(
                        RequestId.of(1), "roots/list", Payload.empty(), call.session(), call.principal(), "up1"))
                .toCompletableFuture();
    }

    @Test
    void requestWaitsForTheFirstStream() {
        String session = session();
        CompletableFuture<Reply> asked = askForRoots();

        RawHttp stream = onSession("GET", session).begin();

        assertThat(stream.head().status()).isEqualTo(200);
        assertThat(stream.event()).contains("roots/list");
        assertThat(asked).isNotDone();
    }

    @Test
    void requestFailsAtOnceWhenTheStreamIsClosed() {
        String session = session();
        RawHttp stream = onSession("GET", session).begin();
        assertThat(stream.head().status()).isEqualTo(200);
        stream.close();
        await().until(() -> askForRoots()
                        .completeOnTimeout(null, 200, TimeUnit.MILLISECONDS)
                        .join()
                != null);

        assertThat(askForRoots().join()).isInstanceOf(Reply.Failure.class);
    }

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
                .deliver(ScriptedUpstream.unsolicited(call.session(), method).withParams(params))
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

        assertThat(stream.event()).isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
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
        RawHttp again = resume(session, eventId.replaceAll("\\.g[0-9]+\\.", ".g999."));
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
