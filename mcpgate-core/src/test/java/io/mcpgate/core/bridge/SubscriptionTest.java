package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SubscriptionTest extends LegacyToModernFixture {
    private Call listen() {
        return server.last(Terms.LISTEN);
    }

    private CompletableFuture<Reply> subscribe(String uri) {
        return begin(request("resources/subscribe", "{'uri':'" + uri + "'}"));
    }

    private Call subscribed(String uri) {
        subscribe(uri);
        acknowledge(listen(), uri);
        return listen();
    }

    @Test
    void isListenedForAsTheServerPromisesIt() {
        introduce();

        assertThat(listen().params().member("notifications"))
                .isEqualTo(Map.of("toolsListChanged", true, "resourcesListChanged", true));
        assertThat(listen().params().string("_meta", Terms.VERSION)).contains("2026-07-28");
    }

    @Test
    void isNotListenedForIfNothingIsPromised() {
        server.on("server/discover", "{'resultType':'complete','capabilities':{'tools':{}}}");

        introduce();

        assertThat(server.received(Terms.LISTEN)).isEmpty();
    }

    @Test
    void arrivesWithoutTheSubscription() {
        introduce();
        acknowledge(listen());

        server.tell(listen(), "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");

        assertThat(told()).containsExactly("notifications/tools/list_changed");
        assertThat(Json.text(client.delivered().get(0).params())).isEqualTo("{}");
        assertThat(client.delivered().get(0).parent()).isEmpty();
    }

    @Test
    void isListenedForTogetherWithAllResources() {
        introduce();
        acknowledge(listen());
        subscribed("mem://a");

        CompletableFuture<Reply> second = subscribe("mem://b");

        assertThat(listen().params().member("notifications", "resourceSubscriptions"))
                .isEqualTo(List.of("mem://a", "mem://b"));
        assertThat(listen().params().member("notifications", "toolsListChanged"))
                .isEqualTo(true);
        assertThat(second).isNotDone();
        acknowledge(listen(), "mem://a", "mem://b");
        assertThat(second).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
    }

    @Test
    void isHeardOnTheOldRequestUntilTheNewOneIsAcknowledgedAndThenOnceOnly() {
        introduce();
        Call before = listen();
        acknowledge(before);
        subscribe("mem://a");
        Call after = listen();

        assertThat(before.cancellation().isCancelled()).isFalse();
        server.tell(before, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");
        acknowledge(after, "mem://a");
        assertThat(before.cancellation().isCancelled()).isTrue();
        server.tell(before, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");
        server.tell(after, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");

        assertThat(told()).hasSize(2);
    }

    @Test
    void isNotLostWhenAcknowledgementsComeInTheOtherOrder() {
        introduce();
        acknowledge(listen());
        CompletableFuture<Reply> a = subscribe("mem://a");
        Call first = listen();
        CompletableFuture<Reply> b = subscribe("mem://b");
        Call second = listen();

        acknowledge(second, "mem://a", "mem://b");
        acknowledge(first, "mem://a");
        server.tell(second, "notifications/resources/updated", "{'uri':'mem://b'," + SUBSCRIPTION + "}");

        assertThat(List.of(a, b))
                .allSatisfy(reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
        assertThat(told()).containsExactly("notifications/resources/updated");
    }

    @Test
    void refusesAResourceThatTheServerDoesNotHonourAndForgetsIt() {
        introduce();
        acknowledge(listen());
        CompletableFuture<Reply> refused = subscribe("mem://no");
        acknowledge(listen());
        assertThat(failure(refused.join()).is(ErrorCode.INVALID_PARAMS)).isTrue();

        subscribe("mem://a");

        assertThat(listen().params().member("notifications", "resourceSubscriptions"))
                .isEqualTo(List.of("mem://a"));
    }

    @Test
    void refusesAResourceAsTheServerDoes() {
        server.on("server/discover", "{'resultType':'complete','capabilities':{'resources':{'subscribe':true}}}");
        introduce();
        server.on(Terms.LISTEN, ScriptedServer.error(-32601));

        Reply refused = subscribe("mem://a").join();

        assertThat(failure(refused).code()).isEqualTo(-32601);
        timer.advance(Duration.ofHours(1));
        assertThat(server.received(Terms.LISTEN)).hasSize(1);
    }

    @Test
    void refusesAResourceWhoseSubscriptionIsNotAcknowledgedInTime() {
        introduce();
        acknowledge(listen());
        CompletableFuture<Reply> reply = subscribe("mem://a");

        timer.advance(Duration.ofSeconds(10));

        assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
        assertThat(listen().cancellation().isCancelled()).isTrue();
        assertThat(server.received(Terms.LISTEN).get(0).cancellation().isCancelled())
                .isFalse();
    }

    @Test
    void isLimitedToSoManyResources() {
        server.with(Terms.LISTEN, call -> {
            CompletableFuture<Reply> open = new CompletableFuture<>();
            timer.schedule(() -> acknowledge(call, uris(call)), 0, TimeUnit.MILLISECONDS);
            return open;
        });
        introduce();
        for (int i = 0; i < 1_024; i++) {
            subscribe("mem://" + i);
        }

        assertThat(failure(subscribe("mem://more").getNow(null)).is(ErrorCode.RATE_LIMITED))
                .isTrue();
    }

    private String[] uris(Call listen) {
        return listen.params().member("notifications", "resourceSubscriptions") instanceof List<?> list
                ? list.stream().map(String::valueOf).toArray(String[]::new)
                : new String[0];
    }

    @Test
    void isListenedForWithoutAResourceThatIsUnsubscribedFrom() {
        introduce();
        acknowledge(listen());
        subscribed("mem://a");

        CompletableFuture<Reply> left = begin(request("resources/unsubscribe", "{'uri':'mem://a'}"));
        acknowledge(listen());

        assertThat(left).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        assertThat(listen().params().member("notifications", "resourceSubscriptions"))
                .isNull();
    }

    @Test
    void isNotListenedForWhenTheLastResourceIsLeftAndNothingElseIsPromised() {
        server.on("server/discover", "{'resultType':'complete','capabilities':{'resources':{'subscribe':true}}}");
        introduce();
        Call listen = subscribed("mem://a");

        send("resources/unsubscribe", "{'uri':'mem://a'}");

        assertThat(listen.cancellation().isCancelled()).isTrue();
        timer.advance(Duration.ofHours(1));
        assertThat(server.received(Terms.LISTEN)).hasSize(1);
    }

    @Test
    void isListenedForAgainAfterABreakAndThenAllMayHaveChanged() {
        CompletableFuture<Reply> broken = server.later(Terms.LISTEN);
        introduce();
        acknowledge(listen());
        Call first = listen();
        server.later(Terms.LISTEN);
        broken.complete(Reply.failure(ErrorCode.UNAVAILABLE, "gone"));
        assertThat(listen()).isSameAs(first);

        timer.advance(Duration.ofSeconds(1));
        assertThat(listen()).isNotSameAs(first);
        assertThat(told()).isEmpty();
        acknowledge(listen());

        assertThat(told()).containsExactly("notifications/resources/list_changed", "notifications/tools/list_changed");
    }

    @Test
    void isListenedForAgainIfTheServerIsAwayAtFirst() {
        server.on(Terms.LISTEN, Reply.failure(ErrorCode.UNAVAILABLE, "away"));
        introduce();
        server.later(Terms.LISTEN);

        timer.advance(Duration.ofSeconds(1));

        assertThat(server.received(Terms.LISTEN)).hasSize(2);
    }

    @Test
    void isListenedForAgainWhenItBreaksWhileAnotherWishIsRefused() {
        CompletableFuture<Reply> broken = server.later(Terms.LISTEN);
        introduce();
        acknowledge(listen());
        CompletableFuture<Reply> pending = server.later(Terms.LISTEN);
        subscribe("mem://bad");
        broken.complete(Reply.failure(ErrorCode.UNAVAILABLE, "gone"));
        server.later(Terms.LISTEN);
        pending.complete(ScriptedServer.error(-32602));

        timer.advance(Duration.ofSeconds(1));

        assertThat(server.received(Terms.LISTEN)).hasSize(3);
        assertThat(listen().params().member("notifications", "resourceSubscriptions"))
                .isNull();
    }

    @Test
    void isNotAskedForAgainAndAgainAtAServerThatRefuses() {
        server.on(Terms.LISTEN, ScriptedServer.error(-32601));
        introduce();

        timer.advance(Duration.ofHours(1));

        assertThat(server.received(Terms.LISTEN)).hasSize(1);
    }

    @Test
    void isLimitedToSoLongNames() {
        server.with(Terms.LISTEN, call -> {
            CompletableFuture<Reply> open = new CompletableFuture<>();
            timer.schedule(() -> acknowledge(call, uris(call)), 0, TimeUnit.MILLISECONDS);
            return open;
        });
        introduce();
        String half = "x".repeat(500_000);
        subscribe("mem://a" + half);
        subscribe("mem://b" + half);

        assertThat(failure(subscribe("mem://c" + half).getNow(null)).is(ErrorCode.RATE_LIMITED))
                .isTrue();
        begin(request("resources/unsubscribe", "{'uri':'mem://a" + half + "'}"));
        timer.advance(Duration.ZERO);
        CompletableFuture<Reply> another = subscribe("mem://c" + half);
        timer.advance(Duration.ZERO);
        assertThat(another).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
    }

    @Test
    void isNotToldWhenItsSessionHasEnded() {
        introduce();
        acknowledge(listen());
        Call listen = listen();

        bridge.ended(client);
        server.tell(listen, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");

        assertThat(told()).isEmpty();
    }

    @Test
    void endsAlsoIfTheServerCannotBeToldOfOneRequest() {
        introduce();
        acknowledge(listen());
        Call first = listen();
        subscribe("mem://a");
        Call second = listen();
        throwingWhenCancelled(first);

        assertThatThrownBy(() -> bridge.ended(client)).hasMessage("It cannot be told");

        assertThat(List.of(first, second)).allMatch(call -> call.cancellation().isCancelled());
    }

    private static void throwingWhenCancelled(Call call) {
        call.cancellation().onCancel(() -> {
            throw new IllegalStateException("It cannot be told");
        });
    }

    @Test
    void endsWhereAnotherIsAcknowledgedAlsoIfTheServerCannotBeToldOfOneRequest() {
        introduce();
        throwingWhenCancelled(listen());
        subscribe("mem://a");
        Call second = listen();
        CompletableFuture<Reply> last = subscribe("mem://b");

        assertThatThrownBy(() -> acknowledge(listen(), "mem://a", "mem://b")).hasMessage("It cannot be told");

        assertThat(second.cancellation().isCancelled()).isTrue();
        assertThat(last).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
    }

    @Test
    void endsForAllClientsAlsoIfTheServerCannotBeToldOfOne() {
        List<Call> listens = new ArrayList<>();
        for (String key : List.of("one", "two")) {
            RecordingSession session = RecordingSession.legacy(key);
            begin(request("initialize", "{'protocolVersion':'2025-11-25','capabilities':{}}", session));
            begin(request("notifications/initialized", "{}", session));
            listens.add(listen());
            throwingWhenCancelled(listen());
        }

        assertThatThrownBy(bridge::close).hasMessage("It cannot be told");

        assertThat(listens).hasSize(2).allMatch(call -> call.cancellation().isCancelled());
    }

    @Test
    void endsWithTheSession() {
        introduce();
        acknowledge(listen());
        Call listen = listen();

        bridge.ended(client);
        timer.advance(Duration.ofHours(1));

        assertThat(listen.cancellation().isCancelled()).isTrue();
        assertThat(server.received(Terms.LISTEN)).hasSize(1);
        assertThat(bridge.knows(client)).isFalse();
    }
}
