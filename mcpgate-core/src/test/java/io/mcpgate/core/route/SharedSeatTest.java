package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SharedSeatTest extends PooledUpstreamFixture {
    private static final Principal BOB = Principal.of("bob");

    private final RecordingSession a = RecordingSession.legacy("a");
    private final RecordingSession b = RecordingSession.legacy("b");

    @BeforeEach
    void share() {
        upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
        send(request("initialize", a));
        send(request("initialize", b, BOB));
    }

    private Reply tell(Envelope.Request message) {
        return tell(message, null, server.lines.get(0));
    }

    private static Reply tell(Envelope.Request message, Call parent, Line line) {
        Duplex.Origin origin = line.origin;
        return origin.handle(origin.call(message, parent)).toCompletableFuture().join();
    }

    /** Begins a call, and gives it as the server has it. */
    private Call begun(Call call) {
        List<Call> sent = new ArrayList<>();
        server.special = sending -> {
            sent.add(sending);
            return new CompletableFuture<>();
        };
        upstream.forward(call);
        return sent.get(0);
    }

    private static Envelope.Request log() {
        return new Envelope.Request(null, "notifications/message", Payload.of(Map.of("level", "info", "data", "x")));
    }

    @Test
    void isOpenedOnceForAll() {
        assertThat(server.lines).hasSize(1);
        assertThat(server.lines.get(0).methods).containsOnlyOnce("initialize");
    }

    @Test
    void doesNotWaitForAPingWhoseClientWaitsNoMore() {
        Call initialize = request("initialize", b, BOB);
        Call ping = begun(initialize);

        initialize.cancellation().cancel();

        assertThat(ping.method()).isEqualTo("ping");
        assertThat(ping.cancellation().isCancelled()).isTrue();
    }

    @Test
    void tellsEverySessionWhatConcernsAll() {
        tell(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()));

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).hasSize(1);
    }

    private Call asks(RecordingSession session, String method, String uri) {
        return Call.request(RequestId.of(2), method, Payload.of(Map.of("uri", uri)), session)
                .withPrincipal(session == b ? BOB : ALICE)
                .withServer("crm");
    }

    private static Call notifies(RecordingSession session, String method, Payload params) {
        return Call.notification(method, params, session).withPrincipal(ALICE).withServer("crm");
    }

    private CompletableFuture<Reply> started(Call call) {
        return upstream.forward(call).toCompletableFuture();
    }

    private void update(String uri) {
        tell(new Envelope.Request(null, "notifications/resources/updated", Payload.of(Map.of("uri", uri))));
    }

    @Test
    void tellsOfAResourceOnlyThoseWhoSubscribed() {
        send(asks(a, "resources/subscribe", "mem://a"));

        update("mem://a");

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).isEmpty();
    }

    @Test
    void tellsOfAResourceThoseWhoSubscribedToOneThatItIsWithin() {
        send(asks(a, "resources/subscribe", "file:///dir"));
        send(asks(b, "resources/subscribe", "file:///di"));

        update("file:///dir/a");

        assertThat(a.delivered())
                .extracting(call -> call.params().string("uri").orElse(""))
                .containsExactly("file:///dir/a");
        assertThat(b.delivered()).isEmpty();
    }

    @Test
    void tellsThoseAlsoIfAnotherSubscribedToWhatIsWithin() {
        send(asks(a, "resources/subscribe", "file:///dir"));
        send(asks(b, "resources/subscribe", "file:///dir/a"));

        update("file:///dir/a");
        update("file:///dir");

        assertThat(a.delivered()).hasSize(2);
        assertThat(b.delivered()).hasSize(1);
    }

    @Test
    void tellsOnceWhoSubscribedToBoth() {
        send(asks(a, "resources/subscribe", "file:///dir/a"));
        send(asks(a, "resources/subscribe", "file:///dir"));

        update("file:///dir/a");

        assertThat(a.delivered()).hasSize(1);
    }

    @Test
    void tellsWhatComesOnTheStreamOfACallOnlyToItsClient() {
        Call call = begun(request("tools/call", a));

        tell(log(), call, server.lines.get(0));

        assertThat(a.delivered()).extracting(Call::method).containsExactly("notifications/message");
        assertThat(b.delivered()).isEmpty();
    }

    @Test
    void tellsAModernClientWhatComesOnTheStreamOfItsCall() {
        RecordingSession m = RecordingSession.modern("m");
        Call call = begun(request("tools/call", m));

        tell(log(), call, server.lines.get(1));

        assertThat(m.delivered()).extracting(Call::method).containsExactly("notifications/message");
    }

    @Test
    void tellsEverySessionWhatConcernsAllOnWhicheverStreamItComes() {
        Call call = begun(request("tools/call", a));

        tell(
                new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()),
                call,
                server.lines.get(0));

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).hasSize(1);
    }

    @Test
    void hasNoClientGuessedWhereThereIsOnlyOneStream() {
        assertThat(server.lines.get(0).origin.mayGuess()).isFalse();
    }

    @Test
    void tellsNothingToASessionWhoseLastNotificationCameBehindItsEnd() {
        upstream.ended(a);
        send(Call.notification("notifications/roots/list_changed", Payload.empty(), a)
                .withPrincipal(ALICE)
                .withServer("crm"));

        tell(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()));

        assertThat(a.delivered()).isEmpty();
        assertThat(b.delivered()).hasSize(1);
    }

    @Test
    void tellsNothingToASessionWhoseLastRequestCameBehindItsEnd() {
        upstream.ended(a);
        Call cancelled = request("tools/list", a); // as all are when their session ends
        cancelled.cancellation().cancel();
        send(cancelled);

        tell(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()));

        assertThat(a.delivered()).isEmpty();
        assertThat(b.delivered()).hasSize(1);
    }

    @Nested
    class ASubscriptionThatTheServerHasNotGrantedYet {
        private final CompletableFuture<Reply> first = new CompletableFuture<>();
        private final List<Call> asked = new ArrayList<>();
        private CompletableFuture<Reply> repliedToA;
        private CompletableFuture<Reply> repliedToB;

        @BeforeEach
        void begin() {
            server.special = call -> {
                if (call.method().equals("resources/subscribe")) {
                    asked.add(call);
                    return asked.size() == 1 ? first : null;
                }
                return null;
            };
            repliedToA = subscribe(a);
            repliedToB = subscribe(b);
        }

        private CompletableFuture<Reply> subscribe(RecordingSession session) {
            return started(asks(session, "resources/subscribe", "mem://a"));
        }

        private void update() {
            SharedSeatTest.this.update("mem://a");
        }

        @Test
        void isWaitedForByTheNextWhoWantsIt() {
            assertThat(repliedToB).isNotDone();

            first.complete(Reply.complete(Payload.empty()));

            assertThat(List.of(repliedToA, repliedToB))
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
            assertThat(asked).hasSize(1);
            update();
            assertThat(a.delivered()).hasSize(1);
            assertThat(b.delivered()).hasSize(1);
        }

        @Test
        void isAskedForAgainWhenTheFirstWhoWantedItHasGivenUp() {
            first.complete(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"));

            assertThat(repliedToB).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(asked).extracting(call -> call.session().key()).containsExactly("a", "b");
            update();
            assertThat(a.delivered()).isEmpty();
            assertThat(b.delivered()).hasSize(1);
        }

        @Test
        void isRefusedToAllWhenItIsRefusedToTheFirst() {
            first.complete(Reply.Failure.received(-32602, "Resource not found", null));

            assertThat(repliedToB).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
            assertThat(asked).hasSize(1);
            update();
            assertThat(b.delivered()).isEmpty();
        }

        @Test
        void mayBeWantedAgainAfterItWasRefused() {
            first.complete(Reply.Failure.received(-32602, "Resource not found", null));

            assertThat(subscribe(b)).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(asked).hasSize(2);
        }
    }

    @Test
    void doesNotHoldWhatTheServerHasSaidToASubscription() {
        WeakReference<Payload> result = subscribed();

        await().until(() -> {
            System.gc();
            return result.get() == null;
        });
        assertThat(send(asks(b, "resources/subscribe", "mem://a"))).isInstanceOf(Reply.Complete.class);
    }

    private WeakReference<Payload> subscribed() {
        Payload result = Payload.of(Map.of("large", "x"));
        server.special = call -> CompletableFuture.completedFuture(Reply.complete(result));
        assertThat(send(asks(a, "resources/subscribe", "mem://a"))).isEqualTo(Reply.complete(result));
        server.special = call -> null;
        return new WeakReference<>(result);
    }

    @Nested
    class ASubscriptionThatIsGivenBack {
        private final CompletableFuture<Reply> unsubscribed = new CompletableFuture<>();

        @BeforeEach
        void subscribed() {
            holdTheFirstUnsubscription();
            send(asks(a, "resources/subscribe", "mem://a"));
        }

        private void holdTheFirstUnsubscription() {
            server.special = call ->
                    call.method().equals("resources/unsubscribe") && !unsubscribed.isDone() ? unsubscribed : null;
        }

        private List<String> sent() {
            return server.lines.get(0).methods.stream()
                    .filter(method -> method.startsWith("resources/"))
                    .toList();
        }

        @Test
        void isAskedForAnewOnlyWhenTheServerHasTakenItBack() {
            started(asks(a, "resources/unsubscribe", "mem://a"));
            CompletableFuture<Reply> next = started(asks(b, "resources/subscribe", "mem://a"));
            assertThat(sent()).containsExactly("resources/subscribe", "resources/unsubscribe");
            assertThat(next).isNotDone();

            unsubscribed.complete(Reply.complete(Payload.empty()));

            assertThat(sent()).endsWith("resources/unsubscribe", "resources/subscribe");
            assertThat(next).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            update("mem://a");
            assertThat(b.delivered()).hasSize(1);
        }

        @Test
        void isAskedForAnewOnlyThenAlsoIfItsSessionHasEnded() {
            upstream.ended(a);
            CompletableFuture<Reply> next = started(asks(b, "resources/subscribe", "mem://a"));
            assertThat(sent()).containsExactly("resources/subscribe", "resources/unsubscribe");

            unsubscribed.complete(Reply.failure(ErrorCode.UNAVAILABLE, "no"));

            assertThat(sent()).endsWith("resources/unsubscribe", "resources/subscribe");
            assertThat(next).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void isRememberedForTheNextWhoWantsIt() {
            started(asks(a, "resources/unsubscribe", "mem://a"));
            started(asks(b, "resources/subscribe", "mem://a"));
            unsubscribed.complete(Reply.complete(Payload.empty()));

            server.lines.get(0).sessionLost = true;
            send(request("tools/list", b));

            assertThat(server.lines.get(1).settled).containsExactly("mem://a");
        }

        @Test
        void isForgottenAlsoIfTheServerDoesNotTakeItBack() {
            started(asks(a, "resources/unsubscribe", "mem://a"));
            unsubscribed.complete(Reply.Failure.received(-32601, "Method not found", null));

            server.lines.get(0).sessionLost = true;
            send(request("tools/list", b));

            assertThat(server.lines.get(1).settled).isEmpty();
        }

        @Test
        void isNotHeldUpByAnother() {
            started(asks(a, "resources/unsubscribe", "mem://a"));

            assertThat(started(asks(b, "resources/subscribe", "mem://b")))
                    .isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void isNotAskedForAnewByOneWhoHasGoneMeanwhile() {
            started(asks(a, "resources/unsubscribe", "mem://a"));
            Call gone = asks(a, "resources/subscribe", "mem://a");
            CompletableFuture<Reply> given = started(gone);
            CompletableFuture<Reply> next = started(asks(b, "resources/subscribe", "mem://a"));

            gone.cancellation().cancel();
            unsubscribed.complete(Reply.complete(Payload.empty()));

            assertThat(given).isCompletedWithValueMatching(reply -> kind(reply) == ErrorCode.CANCELLED);
            assertThat(next).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(sent()).containsExactly("resources/subscribe", "resources/unsubscribe", "resources/subscribe");
        }
    }

    @Nested
    class ASessionThatSubscribesToAsMuchAsItMay {
        private static final int LONGEST = 8_192;

        private Reply subscribe(RecordingSession session, String uri) {
            return send(asks(session, "resources/subscribe", uri));
        }

        /** As long as a URI may be, and each another one. */
        private String longUri(int number) {
            String start = "mem://" + number + "/";
            return start + "x".repeat(LONGEST - start.length());
        }

        private void subscribeToLongOnes() {
            for (int i = 0; i < SessionMemory.CHARACTERS_MAX / LONGEST; i++) {
                assertThat(subscribe(a, longUri(i))).isInstanceOf(Reply.Complete.class);
            }
        }

        private void subscribeToMany() {
            for (int i = 0; i < SessionMemory.RESOURCES_MAX; i++) {
                assertThat(subscribe(a, "mem://" + i)).isInstanceOf(Reply.Complete.class);
            }
        }

        @Test
        void isRefusedMoreCharactersAndCostsTheOthersNone() {
            subscribeToLongOnes();

            assertThat(kind(subscribe(a, "mem://more"))).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(subscribe(b, "mem://more")).isInstanceOf(Reply.Complete.class);
            assertThat(subscribe(b, longUri(-1))).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isRefusedMoreResourcesAndCostsTheOthersNone() {
            subscribeToMany();

            assertThat(kind(subscribe(a, "mem://more"))).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(subscribe(b, "mem://more")).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isRefusedAlsoWhatOthersHaveSubscribedTo() {
            subscribe(b, "mem://more");
            subscribeToMany();

            assertThat(kind(subscribe(a, "mem://more"))).isEqualTo(ErrorCode.RATE_LIMITED);
            update("mem://more");
            assertThat(a.delivered()).isEmpty();
        }

        @Test
        void mayAskAgainForWhatItHas() {
            subscribeToMany();

            assertThat(subscribe(a, "mem://7")).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void mayHaveAnotherForEachThatItGivesBack() {
            subscribe(b, "mem://0"); // so that the server is not told of it
            subscribeToMany();
            send(asks(a, "resources/unsubscribe", "mem://0"));
            send(asks(a, "resources/unsubscribe", "mem://1"));

            assertThat(subscribe(a, "mem://one")).isInstanceOf(Reply.Complete.class);
            assertThat(subscribe(a, "mem://two")).isInstanceOf(Reply.Complete.class);
            assertThat(kind(subscribe(a, "mem://three"))).isEqualTo(ErrorCode.RATE_LIMITED);
        }

        @Test
        void isRefusedMoreAlsoInAnotherSessionOfItsPrincipalAndCostsTheOthersNone() {
            RecordingSession more = RecordingSession.legacy("more");
            subscribeToMany();

            assertThat(kind(subscribe(more, "mem://more"))).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(subscribe(b, "mem://more")).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void mayHaveTheSameInAnotherSessionOfItsPrincipal() {
            RecordingSession more = RecordingSession.legacy("more");
            subscribeToMany();
            assertThat(subscribe(more, "mem://0")).isInstanceOf(Reply.Complete.class);

            upstream.ended(more);
            assertThat(kind(subscribe(a, "mem://more"))).isEqualTo(ErrorCode.RATE_LIMITED);
            send(asks(a, "resources/unsubscribe", "mem://0"));
            assertThat(subscribe(a, "mem://more")).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void leavesRoomForItsPrincipalsNextSessionWhenItEnds() {
            RecordingSession next = RecordingSession.legacy("next");
            subscribeToMany();

            upstream.ended(a);

            assertThat(subscribe(next, "mem://more")).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void mayHaveAnotherForEachThatTheServerRefuses() {
            server.special = call -> call.method().equals("resources/subscribe")
                    ? CompletableFuture.completedFuture(Reply.Failure.received(-32602, "Resource not found", null))
                    : null;
            for (int i = 0; i < SessionMemory.RESOURCES_MAX; i++) {
                subscribe(a, "mem://" + i);
            }
            server.special = call -> null;

            assertThat(subscribe(a, "mem://more")).isInstanceOf(Reply.Complete.class);
        }
    }

    @Test
    void subscribesNobodyByANotification() {
        send(asks(a, "resources/subscribe", "mem://a"));
        send(notifies(b, "resources/subscribe", Payload.of(Map.of("uri", "mem://a"))));

        update("mem://a");

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).isEmpty();
    }

    @Test
    void isIdleBehindANotificationThatIsNamedLikeTheHandshake() {
        upstream.close();
        upstream = upstream(Sharing.ALL, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
        send(notifies(a, "initialize", Payload.empty()));

        Reply reply = send(request("tools/list", RecordingSession.modern("m"))); // on a connection in its place

        assertThat(reply).isInstanceOf(Reply.Complete.class);
    }

    @Test
    void waitsOnlySoLongForAServerToTakeBackASubscriptionOfASessionThatHasEnded() {
        upstream.close();
        upstream = upstream(Sharing.ALL, new PoolLimits(10, Duration.ofMinutes(1), Duration.ofMillis(50)));
        server.special = call -> call.method().equals("resources/unsubscribe") ? new CompletableFuture<>() : null;
        send(asks(a, "resources/subscribe", "mem://a"));
        upstream.ended(a);

        assertThat(send(asks(b, "resources/subscribe", "mem://a"))).isInstanceOf(Reply.Complete.class);
    }

    @Test
    void asksNobodyBecauseNobodyKnowsWhom() {
        Reply reply = tell(new Envelope.Request(RequestId.of(5), "sampling/createMessage", Payload.empty()));

        assertThat(kind(reply)).isEqualTo(ErrorCode.METHOD_NOT_FOUND);
        assertThat(a.delivered()).isEmpty();
    }
}
