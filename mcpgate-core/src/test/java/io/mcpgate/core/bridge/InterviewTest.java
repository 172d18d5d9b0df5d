package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterviewTest extends LegacyToModernFixture {
    private static final String QUESTION = """
            {'resultType':'input_required','requestState':'st\\u00e4te','inputRequests':{
              'who':{'method':'elicitation/create','params':{'message':'Who?'}},
              'why':{'method':'sampling/createMessage','params':{'maxTokens':1}}}}""";

    @BeforeEach
    void greet() {
        initialize("2025-11-25");
    }

    @Test
    void hasTheClientAskedAllAtOnceAndGetsTheAnswersWithItsState() {
        server.inTurn("tools/call", QUESTION, "{'resultType':'complete','content':[]}");
        client.answering(question -> Reply.complete(Json.body("{'to':'" + question.method() + "'}")));

        Reply reply = send("tools/call", "{'name':'t','arguments':{'n':1.0}}");

        assertThat(Json.text(result(reply))).isEqualTo("{'content':[]}");
        assertThat(told()).containsExactly("elicitation/create", "sampling/createMessage");
        assertThat(client.delivered())
                .allSatisfy(question ->
                        assertThat(question.parent().orElseThrow().method()).isEqualTo("tools/call"));
        assertThat(Json.text(server.last("tools/call").params()))
                .contains("'arguments':{'n':1.0}", "'requestState':'stäte'", Terms.CLIENT_CAPABILITIES)
                .contains("'inputResponses':{'who':{'to':'elicitation/create'},'why':{'to':'sampling/createMessage'}}");
    }

    @Test
    void mayAskInSeveralRoundsEachWithItsOwnStateAndAnswers() {
        server.inTurn(
                "tools/call",
                "{'resultType':'input_required','requestState':'1','inputRequests':{'a':{'method':'roots/list'}}}",
                "{'resultType':'input_required','inputRequests':{'b':{'method':'roots/list'}}}",
                "{'resultType':'complete'}");

        send("tools/call", "{'name':'t'}");

        List<Call> calls = server.received("tools/call");
        assertThat(calls).hasSize(3);
        assertThat(Json.text(calls.get(1).params())).contains("'requestState':'1'", "'inputResponses':{'a':{}}");
        assertThat(Json.text(calls.get(2).params()))
                .contains("'inputResponses':{'b':{}}")
                .doesNotContain("requestState");
    }

    @Test
    void mayNotAskForEver() {
        server.on(
                "tools/call",
                "{'resultType':'input_required','requestState':'1','inputRequests':{'a':{'method':'roots/list'}}}");

        Reply reply = send("tools/call", "{'name':'t'}");

        assertThat(failure(reply).is(ErrorCode.BAD_UPSTREAM)).isTrue();
        assertThat(told()).hasSize(16);
    }

    @Test
    void mayNotAskTooMuchAtOnce() {
        String questions = IntStream.range(0, 33)
                .mapToObj(i -> "'q" + i + "':{'method':'roots/list'}")
                .collect(Collectors.joining(","));
        server.on("tools/call", "{'resultType':'input_required','inputRequests':{" + questions + "}}");

        assertThat(failure(send("tools/call", "{'name':'t'}")).is(ErrorCode.BAD_UPSTREAM))
                .isTrue();
        assertThat(told()).isEmpty();
    }

    @Test
    void isToldThatTheUserGaveNoAnswer() {
        server.inTurn(
                "tools/call",
                "{'resultType':'input_required','inputRequests':{'a':{'method':'elicitation/create'}}}",
                "{'resultType':'complete'}");
        client.answering(question -> ScriptedServer.error(-32603));

        send("tools/call", "{'name':'t'}");

        assertThat(Json.text(server.last("tools/call").params()))
                .contains("'inputResponses':{'a':{'action':'cancel'}}");
    }

    @Test
    void getsNoSecondCallIfTheClientCannotSample() {
        server.on("tools/call", QUESTION);
        client.answering(question -> question.method().startsWith("sampling")
                ? Reply.Failure.received(-1, "User rejected", null)
                : Reply.complete(Payload.empty()));

        Reply reply = send("tools/call", "{'name':'t'}");

        assertThat(failure(reply).message()).isEqualTo("User rejected");
        assertThat(server.received("tools/call")).hasSize(1);
    }

    @Test
    void getsNoSecondCallIfTheFirstIsCancelledMeanwhile() {
        AskedLater asked = new AskedLater(client);
        server.on("tools/call", QUESTION);
        Call call = request("tools/call", "{'name':'t'}", asked);
        CompletableFuture<Reply> reply = begin(call);
        assertThat(reply).isNotDone();

        call.cancellation().cancel();
        assertThat(client.delivered())
                .allSatisfy(question ->
                        assertThat(question.cancellation().isCancelled()).isTrue());
        asked.answer.complete(Reply.complete(Payload.empty()));

        assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
        assertThat(server.received("tools/call")).hasSize(1);
    }

    @Test
    void isCalledAgainAfterAPauseIfItOnlyWantsThat() {
        server.inTurn("tools/call", "{'resultType':'input_required','requestState':'1'}", "{'resultType':'complete'}");

        CompletableFuture<Reply> reply = begin(request("tools/call", "{'name':'t'}"));
        assertThat(reply).isNotDone();
        timer.advance(Duration.ofMillis(250));

        assertThat(reply).isCompleted();
        assertThat(server.last("tools/call").params().string("requestState")).contains("1");
    }

    @Test
    void isNotLeftWaitingByAClientThatCannotBeReached() {
        server.on("tools/call", QUESTION);
        AskedLater asked = new AskedLater(client);
        asked.answer.completeExceptionally(new IllegalStateException("gone"));

        CompletableFuture<Reply> reply = begin(request("tools/call", "{'name':'t'}", asked));

        assertThat(reply).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
    }

    @Test
    void hasPagesToVisitNamedAsTheOldRevisionsDoIt() {
        server.inTurn(
                "tools/call",
                "{'resultType':'input_required','inputRequests':{'a':{'method':'elicitation/create','params':{'mode':'url'}}}}",
                "{'resultType':'complete'}");

        send("tools/call", "{'name':'t'}");

        assertThat(client.delivered().get(0).params().string("elicitationId")).isPresent();
    }

    /** A client whose answer to all questions the test gives. */
    private record AskedLater(RecordingSession client, CompletableFuture<Reply> answer) implements Session {
        AskedLater(RecordingSession client) {
            this(client, new CompletableFuture<>());
        }

        @Override
        public String key() {
            return client.key();
        }

        @Override
        public String protocolVersion() {
            return client.protocolVersion();
        }

        @Override
        public Optional<Payload> handshake() {
            return client.handshake();
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            client.deliver(call);
            return answer;
        }
    }
}
