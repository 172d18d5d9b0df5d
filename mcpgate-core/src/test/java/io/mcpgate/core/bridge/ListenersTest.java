package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListenersTest extends ModernToLegacyFixture {
    private CompletableFuture<Reply> over;

    private Call listen(RequestId id, RecordingSession session, String notifications) {
        Call template = call(Terms.LISTEN, "'notifications':" + notifications, "{}", "", session);
        Call listen = Call.request(id, Terms.LISTEN, template.params(), session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
        over = begin(listen);
        return listen;
    }

    private Call listen(RecordingSession session, String notifications) {
        return listen(RequestId.of("l"), session, notifications);
    }

    private void changed(String method, String params) {
        server.send(method, params, server.last("initialize"), false).join();
    }

    @Test
    void isToldFirstWhatOfItsWishesIsHonoured() {
        server.on("resources/subscribe", "{}");

        listen(client, "{'toolsListChanged':true,'promptsListChanged':true,'resourceSubscriptions':['mem://a']}");

        assertThat(client.delivered()).extracting(Call::method).containsExactly(Terms.ACKNOWLEDGED);
        assertThat(client.delivered().get(0).params().members())
                .containsEntry(
                        "notifications", Map.of("toolsListChanged", true, "resourceSubscriptions", List.of("mem://a")));
        assertThat(over).isNotDone();
    }

    @Test
    void isToldEverythingUnderTheIdOfItsRequestWithItsType() {
        RecordingSession other = RecordingSession.modern("o");
        listen(RequestId.of(5), client, "{'toolsListChanged':true}");
        listen(RequestId.of("5"), other, "{'toolsListChanged':true}");

        changed("notifications/tools/list_changed", "{'_meta':{'x':1.0}}");

        assertThat(Json.text(client.delivered().get(0).params())).contains("subscriptionId':5");
        assertThat(Json.text(client.delivered().get(1).params()))
                .isEqualTo("{'_meta':{'x':1.0,'io.modelcontextprotocol/subscriptionId':5}}");
        assertThat(Json.text(other.delivered().get(0).params())).contains("subscriptionId':'5'");
        assertThat(Json.text(other.delivered().get(1).params())).contains("subscriptionId':'5'");
    }

    @Test
    void isToldOnlyWhatItAskedFor() {
        server.on("resources/subscribe", "{}");
        RecordingSession other = RecordingSession.modern("o");
        listen(client, "{'resourceSubscriptions':['mem://a']}");
        listen(other, "{'toolsListChanged':true,'resourceSubscriptions':['mem://b']}");

        changed("notifications/resources/updated", "{'uri':'mem://a'}");
        changed("notifications/tools/list_changed", "{}");
        changed("notifications/prompts/list_changed", "{}");

        assertThat(client.delivered())
                .extracting(Call::method)
                .containsExactly(Terms.ACKNOWLEDGED, "notifications/resources/updated");
        assertThat(other.delivered())
                .extracting(Call::method)
                .containsExactly(Terms.ACKNOWLEDGED, "notifications/tools/list_changed");
    }

    @Test
    void isToldOfAResourceWithinTheOneThatItAskedFor() {
        server.on("resources/subscribe", "{}");
        RecordingSession other = RecordingSession.modern("o");
        listen(client, "{'resourceSubscriptions':['file:///dir']}");
        listen(other, "{'resourceSubscriptions':['file:///di']}");

        changed("notifications/resources/updated", "{'uri':'file:///dir/a'}");

        assertThat(client.delivered())
                .extracting(call -> call.params().string("uri").orElse(""))
                .containsExactly("", "file:///dir/a");
        assertThat(other.delivered()).extracting(Call::method).containsExactly(Terms.ACKNOWLEDGED);
    }

    @Test
    void sharesItsSubscriptionWithOthersUntilTheLastLeaves() {
        server.on("resources/subscribe", "{}").on("resources/unsubscribe", "{}");
        Call first = listen(client, "{'resourceSubscriptions':['mem://a']}");
        Call second = listen(RecordingSession.modern("o"), "{'resourceSubscriptions':['mem://a']}");
        assertThat(server.received("resources/subscribe")).hasSize(1);

        first.cancellation().cancel();
        assertThat(server.received("resources/unsubscribe")).isEmpty();
        second.cancellation().cancel();
        assertThat(server.received("resources/unsubscribe")).hasSize(1);
        listen(client, "{'resourceSubscriptions':['mem://a']}");

        assertThat(server.received("resources/subscribe")).hasSize(2);
        assertThat(over).isNotDone();
    }

    @Test
    void doesNotCountOnASubscriptionThatIsRefusedInTheEnd() {
        CompletableFuture<Reply> subscribed = server.later("resources/subscribe");
        RecordingSession other = RecordingSession.modern("o");
        listen(client, "{'resourceSubscriptions':['mem://a']}");
        listen(other, "{'resourceSubscriptions':['mem://a']}");
        assertThat(client.delivered()).isEmpty();

        subscribed.complete(ScriptedServer.error(-32002));

        assertThat(List.of(client, other))
                .allSatisfy(each -> assertThat(each.delivered().get(0).params().member("notifications"))
                        .isEqualTo(Map.of()));
        server.on("resources/subscribe", "{}");
        listen(client, "{'resourceSubscriptions':['mem://a']}");
        assertThat(server.received("resources/subscribe")).hasSize(2);
    }

    @Test
    void subscribesOnlyWhenTheUnsubscriptionBeforeItIsDone() {
        server.on("resources/subscribe", "{}");
        CompletableFuture<Reply> unsubscribed = server.later("resources/unsubscribe");
        listen(client, "{'resourceSubscriptions':['mem://a']}").cancellation().cancel();
        listen(client, "{'resourceSubscriptions':['mem://a']}");
        assertThat(server.received("resources/subscribe")).hasSize(1);

        unsubscribed.complete(ScriptedServer.result("{}"));

        assertThat(server.received("resources/subscribe")).hasSize(2);
    }

    @Test
    void isNotToldOfMoreResourcesThanASessionMayHave() {
        server.on("resources/subscribe", "{}");
        String uris =
                IntStream.range(0, 1_000).mapToObj(i -> "'mem://" + i + "'").collect(Collectors.joining(","));
        String more = uris.replace("mem", "more");

        listen(client, "{'resourceSubscriptions':[" + uris + "]}");
        listen(client, "{'resourceSubscriptions':[" + more + "]}");

        assertThat(server.received("resources/subscribe")).hasSize(1_024);
        assertThat((List<?>) client.delivered().get(1).params().member("notifications", "resourceSubscriptions"))
                .hasSize(24);
    }

    @Test
    void isToldAlsoWhenAnotherCannotBe() {
        RecordingSession broken = RecordingSession.modern("b");
        listen(broken, "{'toolsListChanged':true}");
        listen(client, "{'toolsListChanged':true}");
        broken.answering(call -> {
            throw new IllegalStateException("a broken edge");
        });

        changed("notifications/tools/list_changed", "{}");

        assertThat(client.delivered())
                .extracting(Call::method)
                .containsExactly(Terms.ACKNOWLEDGED, "notifications/tools/list_changed");
    }

    @Test
    void waitsOnlySoLongForAResource() {
        server.later("resources/subscribe");
        listen(client, "{'toolsListChanged':true,'resourceSubscriptions':['mem://a']}");
        assertThat(client.delivered()).isEmpty();

        timer.advance(Duration.ofSeconds(10));

        assertThat(client.delivered().get(0).params().member("notifications"))
                .isEqualTo(Map.of("toolsListChanged", true));
        assertThat(server.last("resources/subscribe").cancellation().isCancelled())
                .isTrue();
    }

    @Test
    void isOneOfSoManyAlsoWhileTheyAreNotAcknowledged() {
        server.later("resources/subscribe");
        for (int i = 0; i < 1_024; i++) {
            listen(client, "{'resourceSubscriptions':['mem://a']}");
            assertThat(over).isNotDone();
        }

        listen(client, "{'resourceSubscriptions':['mem://a']}");

        assertThat(failure(over.getNow(Reply.accepted())).is(ErrorCode.RATE_LIMITED))
                .isTrue();
    }

    @Test
    void leavesRoomForOthersWhenItGoes() {
        for (int i = 0; i < 1_025; i++) {
            listen(client, "{'toolsListChanged':true}").cancellation().cancel();
        }

        assertThat(failure(over.join()).is(ErrorCode.CANCELLED)).isTrue();
    }

    @Test
    void isSentAwayByAGatewayThatClosesWhateverItWaitsFor() {
        CompletableFuture<Reply> subscribed = server.later("resources/subscribe");
        listen(client, "{'resourceSubscriptions':['mem://a']}");

        bridge.close();
        subscribed.complete(ScriptedServer.result("{}"));

        assertThat(over).isDone();
        assertThat(server.received("resources/unsubscribe")).isEmpty();
        assertThat(server.openLines()).isZero();
    }

    @Test
    void cannotComeToAGatewayThatCloses() {
        listen(client, "{'toolsListChanged':true}");
        over.thenRun(() -> listen(client, "{'toolsListChanged':true}"));

        bridge.close();

        assertThat(failure(over.getNow(Reply.accepted())).is(ErrorCode.UNAVAILABLE))
                .isTrue();
        assertThat(server.received("initialize")).hasSize(1);
    }

    @Test
    void isForgottenWhenItGoesBeforeItIsAcknowledged() {
        CompletableFuture<Reply> subscribed = server.later("resources/subscribe");
        Call listen = listen(client, "{'toolsListChanged':true,'resourceSubscriptions':['mem://a']}");

        listen.cancellation().cancel();
        subscribed.complete(ScriptedServer.result("{}"));
        changed("notifications/tools/list_changed", "{}");

        assertThat(client.delivered()).extracting(Call::method).doesNotContain("notifications/tools/list_changed");
        assertThat(server.received("resources/unsubscribe")).hasSize(1);
        assertThat(over).isDone();
    }

    @Test
    void keepsItsConnectionFromBeingIdle() {
        listen(client, "{'toolsListChanged':true}");

        timer.advance(Duration.ofMinutes(3));

        assertThat(server.received("ping")).hasSize(3);
    }

    @Test
    void doesNotPileUpQuestionsAtAServerThatIsSilent() {
        server.later("ping");
        listen(client, "{'toolsListChanged':true}");

        timer.advance(Duration.ofSeconds(190));

        assertThat(server.received("ping"))
                .hasSize(3)
                .allSatisfy(
                        ping -> assertThat(ping.cancellation().isCancelled()).isTrue());
    }

    @Test
    void leavesNothingBehindThatKeepsAConnectionBusy() {
        listen(client, "{'toolsListChanged':true}").cancellation().cancel();

        timer.advance(Duration.ofMinutes(10));

        assertThat(server.received("ping")).isEmpty();
    }

    @Test
    void isSentToListenAgainWhenTheConnectionWasLost() {
        listen(RequestId.of(5), client, "{'toolsListChanged':true}");

        server.drop();
        timer.advance(Duration.ofMinutes(1));

        assertThat(Json.text(result(over.join())))
                .contains("'resultType':'complete'", "'io.modelcontextprotocol/subscriptionId':5");
        assertThat(server.openLines()).isEqualTo(1);
    }
}
