package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModernToLegacyTest {
    private static final Principal BOB = Principal.of("bob");
    private static final String EVERYTHING =
            "{'sampling':{},'elicitation':{'form':{},'url':{}},'roots':{},'extensions':{'io.modelcontextprotocol/tasks':{}}}";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final ManualTimer timer = new ManualTimer();
    private final ScriptedServer server = ScriptedServer.legacy().on("initialize", """
            {'protocolVersion':'2025-11-25','serverInfo':{'name':'old','version':'1'},'instructions':'Be kind.',
             'capabilities':{'tools':{'listChanged':true},'resources':{'subscribe':true},'logging':{},'tasks':{}}}""");
    private final PooledUpstream pool = new PooledUpstream("crm", server, Sharing.SESSION, PoolLimits.DEFAULT, timer);
    private final List<String> refusedHandshakes = new ArrayList<>();
    private final ModernToLegacy bridge =
            new ModernToLegacy(pool, Json.READER, timer, () -> refusedHandshakes.add("refused"));
    private final RecordingSession client = RecordingSession.modern("m");

    @AfterEach
    void close() {
        bridge.close();
        pool.close();
    }

    /** A request of a modern client that can be asked everything. */
    static Call call(String method, String members, Session session) {
        return call(method, members, EVERYTHING, "", session);
    }

    private static Call call(String method, String members, String capabilities, String meta, Session session) {
        String before = members.isEmpty() ? "" : members + ",";
        return Call.request(
                        RequestId.of(7),
                        method,
                        Json.body("{" + before + "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"
                                + "'io.modelcontextprotocol/clientInfo':{'name':'m','version':'1'},"
                                + "'io.modelcontextprotocol/clientCapabilities':" + capabilities + meta + "}}"),
                        session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
    }

    private Call call(String method, String members) {
        return call(method, members, client);
    }

    private Call silent(String method, String members) {
        return call(method, members, "{}", "", client);
    }

    private CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    private Reply send(Call call) {
        return begin(call).getNow(null);
    }

    private static Payload result(Reply reply) {
        return ((Reply.Complete) reply).result();
    }

    private static Reply.Failure failure(Reply reply) {
        return (Reply.Failure) reply;
    }

    private static String state(Reply reply) {
        return ((Reply.InputRequired) reply).state().orElseThrow();
    }

    private Call retry(Reply asked, String answers) {
        return call("tools/call", "'name':'t','requestState':'" + state(asked) + "','inputResponses':" + answers);
    }

    @Nested
    class TheServersSession {
        @Test
        void isOpenedInTheNameOfTheClient() {
            send(call("tools/list", ""));

            Payload handshake = server.last("initialize").params();
            assertThat(handshake.string("protocolVersion")).contains("2025-11-25");
            assertThat(handshake.string("clientInfo", "name")).contains("m");
            assertThat(Terms.member(handshake, "capabilities", "sampling")).isEqualTo(Map.of());
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

            assertThat(server.received("initialize"))
                    .extracting(Call::principal)
                    .containsExactly(Samples.ALICE, BOB);
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

    @Nested
    class ARequest {
        @Test
        void toDiscoverIsAnsweredFromTheHandshake() {
            assertThat(Json.text(result(send(silent("server/discover", ""))))).isEqualTo("""
                    {'resultType':'complete','supportedVersions':['2026-07-28'],\
                    'capabilities':{'logging':{},'resources':{'subscribe':true},'tools':{'listChanged':true}},\
                    'instructions':'Be kind.','ttlMs':0,'cacheScope':'private',\
                    '_meta':{'io.modelcontextprotocol/serverInfo':{'name':'old','version':'1'}}}""");
        }

        @Test
        void losesOnlyWhatTheOldEraDoesNotKnow() {
            send(call(
                    "tools/call",
                    "'name':'t', 'arguments':{ 'n':1.0, 'requestState':'mine' }",
                    "{}",
                    ",'io.modelcontextprotocol/logLevel':'info','progressToken':'é'",
                    client));

            assertThat(Json.text(server.last("tools/call").params()))
                    .isEqualTo(
                            "{'name':'t', 'arguments':{ 'n':1.0, 'requestState':'mine' },'_meta':{'progressToken':'é'}}");
        }

        @Test
        void keepsItsBytesInTheResultWhichIsNeverToBeCached() {
            server.on("tools/list", "{ 'tools':[ {'name':'t', 'inputSchema':{'x':1.50}} ]}");
            assertThat(Json.text(result(send(silent("tools/list", ""))))).isEqualTo("""
                    { 'tools':[ {'name':'t', 'inputSchema':{'x':1.50}} ],'resultType':'complete','ttlMs':0,'cacheScope':'private'}""");

            server.on("tools/call", "{'content':[]}");
            assertThat(Json.text(result(send(silent("tools/call", "'name':'t'")))))
                    .isEqualTo("{'content':[],'resultType':'complete'}");
        }

        @Test
        void getsTheErrorOfItsOwnEraForAnUnknownResource() {
            server.on("resources/read", ScriptedServer.error(-32002));

            assertThat(failure(send(silent("resources/read", "'uri':'mem://no'")))
                            .code())
                    .isEqualTo(-32602);
        }

        @Test
        void getsOtherErrorsAsTheyAre() {
            Reply no = ScriptedServer.error(-32000);
            server.on("tools/call", no);

            assertThat(send(silent("tools/call", "'name':'t'"))).isEqualTo(no);
        }

        @Test
        void isToldItsProgressAndTheLogsThatItWants() {
            server.later("tools/call");
            begin(call("tools/call", "'name':'t'", "{}", ",'io.modelcontextprotocol/logLevel':'warning'", client));
            Call atServer = server.last("tools/call");
            assertThat(server.last("logging/setLevel").params().string("level")).contains("warning");

            server.tell(atServer, "notifications/message", "{'level':'info','data':'a'}");
            server.tell(atServer, "notifications/message", "{'level':'error','data':'b'}");

            assertThat(client.delivered()).hasSize(1);
            assertThat(client.delivered().get(0).params().string("data")).contains("b");
        }

        @Test
        void isToldNoLogsThatItDoesNotWantAndNothingThatOnlySessionsKnow() {
            server.later("tools/call");
            begin(silent("tools/call", "'name':'t'"));
            Call atServer = server.last("tools/call");

            server.tell(atServer, "notifications/message", "{'level':'emergency','data':'a'}");
            server.tell(atServer, "notifications/elicitation/complete", "{'elicitationId':'1'}");
            server.tell(atServer, "notifications/tasks/status", "{'taskId':'1'}");

            assertThat(client.delivered()).isEmpty();
        }

        @Test
        void doesNotFailForWantOfLogs() {
            server.with("logging/setLevel", call -> {
                throw new IllegalStateException("broken");
            });

            assertThat(send(call("tools/list", "", "{}", ",'io.modelcontextprotocol/logLevel':'debug'", client)))
                    .isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isCancelledAtTheServerWhenItsClientGoes() {
            server.later("tools/call");
            Call call = call("tools/call", "'name':'t'");
            CompletableFuture<Reply> reply = begin(call);

            call.cancellation().cancel();

            assertThat(server.last("tools/call").cancellation().isCancelled()).isTrue();
            assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
        }
    }

    @Nested
    class AServerThatAsks {
        private CompletableFuture<Reply> atServer;
        private CompletableFuture<Reply> first;
        private Call served;

        @BeforeEach
        void call() {
            atServer = server.later("tools/call");
            first = begin(ModernToLegacyTest.this.call("tools/call", "'name':'t','arguments':{'n':1}"));
            served = server.last("tools/call");
        }

        private Call back(Reply asked, String answers) {
            return ModernToLegacyTest.this.call(
                    "tools/call",
                    "'name':'t','arguments':{'n':1},'requestState':'" + state(asked) + "','inputResponses':" + answers);
        }

        @Test
        void hasItsClientAskedWithinTheResultAndItsCallGoesOn() {
            CompletableFuture<Reply> answer =
                    server.ask(served, "elicitation/create", "{'message':'Who?','_meta':{'progressToken':1}}");

            Reply asked = first.join();
            assertThat(((Reply.InputRequired) asked).result().members())
                    .containsOnlyKeys("resultType", "inputRequests", "requestState")
                    .containsEntry(
                            "inputRequests",
                            Map.of(
                                    "request-1",
                                    Map.of("method", "elicitation/create", "params", Map.of("message", "Who?"))));
            assertThat(answer).isNotDone();
            CompletableFuture<Reply> second = begin(back(asked, "{'request-1':{'action':'accept'}}"));
            assertThat(result(answer.join()).string("action")).contains("accept");
            assertThat(second).isNotDone();
            atServer.complete(ScriptedServer.result("{'content':[]}"));

            assertThat(Json.text(result(second.join()))).isEqualTo("{'content':[],'resultType':'complete'}");
            assertThat(server.received("tools/call")).hasSize(1);
        }

        @Test
        void givesStatesThatNobodyCanGuess() {
            Set<String> states = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                server.ask(served, "roots/list", "{}");
                states.add(state(first.join()));
                first = begin(back(first.join(), "{}"));
            }

            assertThat(states).hasSize(50).allSatisfy(state -> assertThat(state).hasSizeGreaterThanOrEqualTo(32));
        }

        @Test
        void hasWhatIsUnansweredAskedAgainTogetherWithWhatIsNew() {
            CompletableFuture<Reply> a = server.ask(served, "roots/list", "{}");
            CompletableFuture<Reply> b = server.ask(served, "sampling/createMessage", "{}");

            Reply both = send(back(first.join(), "{}"));
            assertThat(((Reply.InputRequired) both).requests()).containsOnlyKeys("request-1", "request-2");
            Reply left = send(back(both, "{'request-1':{},'unknown':{},'request-2':'nonsense'}"));

            assertThat(a).isDone();
            assertThat(b).isNotDone();
            assertThat(((Reply.InputRequired) left).requests()).containsOnlyKeys("request-2");
        }

        @Test
        void letsNobodyElseAnswer() {
            CompletableFuture<Reply> answer = server.ask(served, "roots/list", "{}");
            Call mine = back(first.join(), "{'request-1':{'roots':[]}}");

            List<Call> others = List.of(
                    mine.withPrincipal(BOB),
                    mine.withParams(Json.body(Json.text(mine.params()).replace("'name':'t'", "'name':'u'"))),
                    mine.withParams(Json.body(Json.text(mine.params()).replace("'n':1", "'n':2"))),
                    mine.withParams(
                            Json.body(Json.text(mine.params()).replace("'requestState':'", "'requestState':'x"))));

            assertThat(others)
                    .allSatisfy(other -> assertThat(failure(send(other)).code()).isEqualTo(-32602));
            assertThat(answer).isNotDone();
            begin(mine);
            assertThat(answer).isDone();
        }

        @Test
        void takesAStateOnlyOnce() {
            server.ask(served, "roots/list", "{}");
            Call mine = back(first.join(), "{'request-1':{}}");
            begin(mine);

            assertThat(failure(send(mine)).code()).isEqualTo(-32602);
            assertThat(served.cancellation().isCancelled()).isFalse();
        }

        @Test
        void isToldToStopWhenTheClientDoesNotComeBackInTime() {
            CompletableFuture<Reply> answer = server.ask(served, "roots/list", "{}");
            Call late = back(first.join(), "{'request-1':{}}");

            timer.advance(PATIENCE);

            assertThat(served.cancellation().isCancelled()).isTrue();
            assertThat(failure(answer.join()).is(ErrorCode.CANCELLED)).isTrue();
            assertThat(failure(send(late)).code()).isEqualTo(-32602);
        }

        @Test
        void isToldToStopWhenTheClientGoesInALaterRound() {
            server.ask(served, "roots/list", "{}");
            Call second = back(first.join(), "{'request-1':{}}");
            begin(second);

            second.cancellation().cancel();

            assertThat(served.cancellation().isCancelled()).isTrue();
        }

        @Test
        void mayEndItsCallWhileTheClientIsAway() {
            CompletableFuture<Reply> answer = server.ask(served, "roots/list", "{}");
            atServer.complete(ScriptedServer.result("{'content':[]}"));
            assertThat(answer).isNotDone();

            Reply reply = send(back(first.join(), "{'request-1':{}}"));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(answer).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void mayTakeItsQuestionBack() {
            Call question = server.question(served, "roots/list", "{}");
            CompletableFuture<Reply> answer = server.handle(question, served);

            question.cancellation().cancel();

            assertThat(answer).isDone();
            assertThat(begin(back(first.join(), "{'request-1':{}}"))).isNotDone();
        }

        @Test
        void tellsProgressUnderTheTokenOfTheRound() {
            server.ask(served, "roots/list", "{}");
            String state = state(first.join());
            server.tell(served, "notifications/progress", "{'progressToken':'old','progress':1}");
            assertThat(client.delivered()).as("nobody is there to be told").isEmpty();
            begin(ModernToLegacyTest.call(
                    "tools/call",
                    "'name':'t','arguments':{'n':1},'requestState':'" + state + "','inputResponses':{'request-1':{}}",
                    EVERYTHING,
                    ",'progressToken':'new'",
                    client));

            server.tell(served, "notifications/progress", "{'progressToken':'old','progress':2}");

            assertThat(client.delivered().get(0).params().string("progressToken"))
                    .contains("new");
        }

        @Test
        void isRefusedWhatTheClientHasNotDeclared() {
            server.later("prompts/get");
            begin(ModernToLegacyTest.call("prompts/get", "'name':'p'", "{'sampling':{}}", "", client));
            Call prompt = server.last("prompts/get");

            assertThat(failure(server.ask(prompt, "elicitation/create", "{}").join())
                            .is(ErrorCode.METHOD_NOT_FOUND))
                    .isTrue();
            assertThat(server.ask(prompt, "sampling/createMessage", "{}")).isNotDone();
        }

        @Test
        void isRefusedDuringARequestThatCannotBeAnsweredByAQuestion() {
            server.later("completion/complete");
            CompletableFuture<Reply> reply = begin(ModernToLegacyTest.this.call("completion/complete", "'ref':{}"));

            assertThat(failure(server.ask(server.last("completion/complete"), "roots/list", "{}")
                                    .join())
                            .is(ErrorCode.METHOD_NOT_FOUND))
                    .isTrue();
            assertThat(reply).isNotDone();
        }

        private CompletableFuture<Reply> askOutsideOfACall(String method) {
            Call unsolicited = Call.unsolicited(
                    RequestId.of("q"), method, Payload.empty(), served.session(), Samples.ALICE, "crm");
            return served.session().deliver(unsolicited).toCompletableFuture();
        }

        @Test
        void asksInTheOnlyCallThatThereIsWhenItSaysNotInWhich() {
            CompletableFuture<Reply> answer = askOutsideOfACall("roots/list");

            begin(back(first.join(), "{'request-1':{'roots':[]}}"));

            assertThat(answer).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void asksInTheNextCallWhenThereIsNone() {
            atServer.complete(ScriptedServer.result("{'content':[]}"));
            CompletableFuture<Reply> answer = askOutsideOfACall("roots/list");
            send(ModernToLegacyTest.this.call("tools/list", ""));
            assertThat(answer).as("a list cannot ask").isNotDone();

            Reply asked = send(ModernToLegacyTest.this.call("tools/call", "'name':'t'"));
            Reply reply = send(retry(asked, "{'request-1':{'roots':[]}}"));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(answer).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void keepsOnlySoManyQuestionsForTheNextCall() {
            atServer.complete(ScriptedServer.result("{'content':[]}"));

            List<CompletableFuture<Reply>> answers = Stream.generate(() -> askOutsideOfACall("roots/list"))
                    .limit(9)
                    .toList();

            assertThat(answers.subList(0, 8)).noneMatch(CompletableFuture::isDone);
            assertThat(failure(answers.get(8).join()).is(ErrorCode.METHOD_NOT_FOUND))
                    .isTrue();
        }

        @Test
        void cannotKeepMoreThanSoManyCallsOfOnePrincipalWaiting() {
            List<Reply> replies = new ArrayList<>();
            for (int i = 0; i < 101; i++) {
                CompletableFuture<Reply> reply = begin(ModernToLegacyTest.this.call("tools/call", "'name':'t'"));
                server.ask(server.last("tools/call"), "roots/list", "{}");
                replies.add(reply.join());
            }

            assertThat(replies.subList(0, 100))
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.InputRequired.class));
            assertThat(failure(replies.get(100)).is(ErrorCode.RATE_LIMITED)).isTrue();
            assertThat(server.last("tools/call").cancellation().isCancelled()).isTrue();
        }
    }

    @Nested
    class AServerThatWantsAPageVisited {
        private final Payload pages = Json.body(
                "{'elicitations':[{'mode':'url','url':'https://a.example','elicitationId':'1','message':'m'}]}");

        @BeforeEach
        void want() {
            server.on("tools/call", Reply.Failure.received(-32042, "visit", pages));
        }

        @Test
        void hasItsClientAskedAndIsCalledAgain() {
            Reply asked = send(call("tools/call", "'name':'t'"));
            assertThat(Terms.member(((Reply.InputRequired) asked).result(), "inputRequests", "visit-1"))
                    .isEqualTo(Map.of(
                            "method",
                            "elicitation/create",
                            "params",
                            Map.of("mode", "url", "url", "https://a.example", "message", "m")));
            server.on("tools/call", "{'content':[]}");

            Reply reply = send(retry(asked, "{'visit-1':{'action':'accept'}}"));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(Json.text(server.last("tools/call").params())).isEqualTo("{'name':'t'}");
        }

        @Test
        void isHeardAsItIsByAClientThatCannotVisitPages() {
            Reply reply = send(silent("tools/call", "'name':'t'"));

            assertThat(failure(reply).code()).isEqualTo(-32042);
        }
    }

    @Nested
    class AClientThatListens {
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
                            "notifications",
                            Map.of("toolsListChanged", true, "resourceSubscriptions", List.of("mem://a")));
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
                    .allSatisfy(each -> assertThat(
                                    Terms.member(each.delivered().get(0).params(), "notifications"))
                            .isEqualTo(Map.of()));
            server.on("resources/subscribe", "{}");
            listen(client, "{'resourceSubscriptions':['mem://a']}");
            assertThat(server.received("resources/subscribe")).hasSize(2);
        }

        @Test
        void subscribesOnlyWhenTheUnsubscriptionBeforeItIsDone() {
            server.on("resources/subscribe", "{}");
            CompletableFuture<Reply> unsubscribed = server.later("resources/unsubscribe");
            listen(client, "{'resourceSubscriptions':['mem://a']}")
                    .cancellation()
                    .cancel();
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
            assertThat((List<?>)
                            Terms.member(client.delivered().get(1).params(), "notifications", "resourceSubscriptions"))
                    .hasSize(24);
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
}
