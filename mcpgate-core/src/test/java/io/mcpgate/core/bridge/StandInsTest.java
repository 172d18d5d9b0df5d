package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandInsTest extends ModernToLegacyFixture {
    @Test
    void isOpenedInTheNameOfTheClient() {
        send(call("tools/list", ""));

        Payload handshake = server.last("initialize").params();
        assertThat(handshake.string("protocolVersion")).contains("2025-11-25");
        assertThat(handshake.string("clientInfo", "name")).contains("m");
        assertThat(handshake.member("capabilities", "sampling")).isEqualTo(Map.of());
        assertThat(Json.text(handshake)).doesNotContain("tasks");
        assertThat(server.last("initialize").principal()).isEqualTo(Samples.ALICE);
    }

    @Test
    void isOneForAllRequestsOfAPrincipalWithTheSameCapabilities() {
        send(silent("tools/list", ""));
        send(call("tools/list", "", "{}", "", RecordingSession.modern("other")));
        send(silent("tools/call", "'name':'t'"));

        assertThat(server.received("initialize")).hasSize(1);
    }

    @Test
    void isAnotherForAnotherPrincipal() {
        send(silent("tools/list", ""));
        send(silent("tools/list", "").withPrincipal(BOB));

        assertThat(server.received("initialize")).extracting(Call::principal).containsExactly(Samples.ALICE, BOB);
    }

    @Test
    void isAnotherForOtherCapabilities() {
        send(silent("tools/list", ""));
        send(call("tools/list", ""));

        assertThat(server.received("initialize")).hasSize(2);
    }

    @Test
    void isNotSharedWithACallThatMayBeAskedWhileThatIsBusy() {
        CompletableFuture<Reply> first = server.later("tools/call");
        begin(call("tools/call", "'name':'t'"));
        begin(call("tools/call", "'name':'t'"));
        send(call("tools/list", ""));
        assertThat(server.received("initialize")).hasSize(3);

        first.complete(ScriptedServer.result("{'content':[]}"));
        send(call("tools/call", "'name':'t'"));

        assertThat(server.received("initialize")).hasSize(3);
    }

    @Test
    void isSharedAfterAllWhenThereAreTooMany() {
        server.later("tools/call");

        List<CompletableFuture<Reply>> calls = IntStream.range(0, 20)
                .mapToObj(i -> begin(call("tools/call", "'name':'t'")))
                .toList();

        assertThat(server.received("initialize")).hasSize(8);
        assertThat(server.received("tools/call")).hasSize(20);
        assertThat(calls).allSatisfy(call -> assertThat(call).isNotDone());
    }

    /** A request whose client has capabilities that no other has. */
    private Call unlike(int other, Principal who) {
        return call("tools/list", "", "{'experimental':{'x-" + other + "':{}}}", "", client)
                .withPrincipal(who);
    }

    @Test
    void costsOnlyItsOwnPrincipalAnotherWhereThatHasTooMany() {
        send(unlike(0, BOB));

        IntStream.range(0, 1_100).forEach(i -> send(unlike(i, Samples.ALICE)));
        send(unlike(0, BOB));

        assertThat(server.received("initialize"))
                .filteredOn(call -> call.principal().equals(BOB))
                .hasSize(1);
        assertThat(server.openLines()).isEqualTo(1 + 100);
    }

    @Test
    void isNotToBeHadWhereItsPrincipalUsesAllThatItMayHave() {
        server.later("tools/list");
        IntStream.range(0, 100).forEach(i -> begin(unlike(i, Samples.ALICE)));

        assertThat(failure(send(unlike(100, Samples.ALICE))).is(ErrorCode.UNAVAILABLE))
                .isTrue();
        assertThat(begin(unlike(0, BOB))).isNotDone();
    }

    @Test
    void isOneOfSoManyOfAllPrincipalsAndTheLongestIdleGoFirst() {
        IntStream.range(0, 1_001).forEach(i -> send(silent("tools/list", "").withPrincipal(Principal.of("p" + i))));

        assertThat(server.openLines()).isEqualTo(1_000);
        send(silent("tools/list", "").withPrincipal(Principal.of("p1000")));
        assertThat(server.received("initialize")).hasSize(1_001);
        send(silent("tools/list", "").withPrincipal(Principal.of("p0")));
        assertThat(server.received("initialize")).hasSize(1_002);
    }

    @Test
    void isOpenedOnceForManyCallsAtOnceAndTriedAgainByTheNext() {
        CompletableFuture<Reply> greeting = server.later("initialize");
        List<CompletableFuture<Reply>> calls = IntStream.range(0, 5)
                .mapToObj(i -> begin(silent("tools/list", "")))
                .toList();
        assertThat(server.received("initialize")).hasSize(1);

        greeting.complete(ScriptedServer.error(-32000));
        assertThat(calls)
                .allSatisfy(call -> assertThat(call).isCompletedWithValueMatching(Reply.Failure.class::isInstance));
        assertThat(refusedHandshakes).isNotEmpty();
        server.on("initialize", "{'protocolVersion':'2025-11-25','capabilities':{}}");

        assertThat(send(silent("tools/list", ""))).isInstanceOf(Reply.Complete.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "initialize",
                "ping",
                "logging/setLevel",
                "resources/subscribe",
                "resources/unsubscribe",
                "tasks/get",
                "tasks/update",
                "tasks/cancel",
                "tasks/list",
                "tasks/result"
            })
    void isNotReachedByMethodsThatTheModernEraDoesNotHave(String method) {
        assertThat(failure(send(call(method, "'uri':'mem://a','level':'info','taskId':'7'")))
                        .is(ErrorCode.METHOD_NOT_FOUND))
                .isTrue();
        assertThat(server.methods()).isEmpty();
    }
}
