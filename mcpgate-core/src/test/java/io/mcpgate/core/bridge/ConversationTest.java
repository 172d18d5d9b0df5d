package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.Samples;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConversationTest extends ModernToLegacyFixture {
    @Nested
    class AServerThatAsks {
        private CompletableFuture<Reply> atServer;
        private CompletableFuture<Reply> first;
        private Call served;

        @BeforeEach
        void beginCall() {
            atServer = server.later("tools/call");
            first = begin(call("tools/call", "'name':'t','arguments':{'n':1}"));
            served = server.last("tools/call");
        }

        private Call back(Reply asked, String answers) {
            return call(
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
        void isToldWhatNobodyWillAnswerOnceItsCallHasEnded() {
            CompletableFuture<Reply> answered = server.ask(served, "roots/list", "{}");
            CompletableFuture<Reply> left = server.ask(served, "roots/list", "{}");
            atServer.complete(ScriptedServer.result("{'content':[]}"));

            Reply reply = send(back(first.join(), "{'request-1':{'roots':[]}}"));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(answered).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(failure(left.getNow(Reply.accepted())).is(ErrorCode.CANCELLED))
                    .isTrue();
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
            begin(call(
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
            begin(call("prompts/get", "'name':'p'", "{'sampling':{}}", "", client));
            Call prompt = server.last("prompts/get");

            assertThat(failure(server.ask(prompt, "elicitation/create", "{}").join())
                            .is(ErrorCode.METHOD_NOT_FOUND))
                    .isTrue();
            assertThat(server.ask(prompt, "sampling/createMessage", "{}")).isNotDone();
        }

        @Test
        void isRefusedDuringARequestThatCannotBeAnsweredByAQuestion() {
            server.later("completion/complete");
            CompletableFuture<Reply> reply = begin(call("completion/complete", "'ref':{}"));

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
            send(call("tools/list", ""));
            assertThat(answer).as("a list cannot ask").isNotDone();

            Reply asked = send(call("tools/call", "'name':'t'"));
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
                CompletableFuture<Reply> reply = begin(call("tools/call", "'name':'t'"));
                server.ask(server.last("tools/call"), "roots/list", "{}");
                replies.add(reply.join());
            }

            assertThat(replies.subList(0, 100))
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.InputRequired.class));
            assertThat(failure(replies.get(100)).is(ErrorCode.RATE_LIMITED)).isTrue();
            assertThat(server.last("tools/call").cancellation().isCancelled()).isTrue();
        }

        @Test
        void isToldThatNobodyWillAnswerWhereTooManyCallsWait() {
            for (int i = 0; i < 100; i++) {
                begin(call("tools/call", "'name':'t'"));
                server.ask(server.last("tools/call"), "roots/list", "{}");
            }
            begin(call("tools/call", "'name':'t'"));

            CompletableFuture<Reply> answer = server.ask(server.last("tools/call"), "roots/list", "{}");

            assertThat(failure(answer.getNow(Reply.accepted())).is(ErrorCode.CANCELLED))
                    .isTrue();
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
            assertThat(((Reply.InputRequired) asked).result().member("inputRequests", "visit-1"))
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
}
