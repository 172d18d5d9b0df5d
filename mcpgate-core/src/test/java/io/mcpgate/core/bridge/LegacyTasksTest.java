package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyTasksTest extends LegacyToModernFixture {
    private static final String WORKING =
            "{'resultType':'complete','taskId':'7','status':'working','createdAt':'c','lastUpdatedAt':'l','ttlMs':null,'pollIntervalMs':500}";

    @BeforeEach
    void greet() {
        initialize("2025-11-25");
    }

    private CompletableFuture<Reply> result() {
        return begin(request("tasks/result", "{'taskId':'7'}"));
    }

    @Test
    void isMadeOfACallThatAsksForOne() {
        server.on("tools/call", WORKING.replace("'resultType':'complete'", "'resultType':'task'"));

        Reply reply = send("tools/call", "{'name':'t','task':{'ttl':1000}}");

        assertThat(server.last("tools/call").params().member("task")).isNull();
        assertThat(server.last("tools/call")
                        .params()
                        .member("_meta", Terms.CLIENT_CAPABILITIES, "extensions", Terms.TASKS_EXTENSION))
                .isNotNull();
        assertThat(Json.text(result(reply))).isEqualTo("""
                {'task':{'taskId':'7','status':'working','createdAt':'c','lastUpdatedAt':'l','ttl':null,'pollInterval':500}}""");
    }

    @Test
    void isNotAskedForByOtherCalls() {
        send("tools/call", "{'name':'t'}");

        assertThat(Json.text(server.last("tools/call").params())).doesNotContain(Terms.TASKS_EXTENSION);
    }

    @Test
    void tellsItsState() {
        server.on("tasks/get", WORKING);

        assertThat(Json.text(result(send("tasks/get", "{'taskId':'7'}"))))
                .startsWith("{'taskId':'7','status':'working'");
    }

    @Test
    void isPolledUntilItIsComplete() {
        server.inTurn("tasks/get", WORKING, """
                {'resultType':'complete','taskId':'7','status':'completed','result':{'resultType':'complete','content':[]}}""");

        CompletableFuture<Reply> result = result();
        assertThat(result).isNotDone();
        timer.advance(Duration.ofMillis(500));

        assertThat(Json.text(result(result.join())))
                .isEqualTo("{'content':[],'_meta':{'io.modelcontextprotocol/related-task':{'taskId':'7'}}}");
    }

    @Test
    void failsWithItsError() {
        server.on("tasks/get", "{'status':'failed','error':{'code':-32000,'message':'broke','data':{'a':1}}}");

        Reply.Failure failed = failure(result().join());

        assertThat(failed.code()).isEqualTo(-32000);
        assertThat(failed.message()).isEqualTo("broke");
        assertThat(failed.data().members()).containsEntry("a", 1L);
    }

    @Test
    void saysThatItWasCancelled() {
        server.on("tasks/get", "{'status':'cancelled'}");

        assertThat(failure(result().join()).is(ErrorCode.CANCELLED)).isTrue();
    }

    @Test
    void asksTheClientOnceAndTellsTheServer() {
        String asking = "{'status':'input_required','inputRequests':{'a':{'method':'elicitation/create'}}}";
        server.inTurn("tasks/get", asking, asking, "{'status':'completed','result':{}}");
        server.on("tasks/update", "{'resultType':'complete'}");

        CompletableFuture<Reply> result = result();
        timer.advance(Duration.ofSeconds(2));

        assertThat(result).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        assertThat(told()).containsExactly("elicitation/create");
        assertThat(server.received("tasks/update")).hasSize(1);
        assertThat(Json.text(server.last("tasks/update").params()))
                .contains("'taskId':'7'", "'inputResponses':{'a':{}}");
    }

    @Test
    void isNoLongerPolledWhenNobodyWaits() {
        server.on("tasks/get", WORKING);
        Call call = request("tasks/result", "{'taskId':'7'}");
        CompletableFuture<Reply> result = begin(call);

        call.cancellation().cancel();
        timer.advance(Duration.ofMinutes(1));

        assertThat(failure(result.join()).is(ErrorCode.CANCELLED)).isTrue();
        assertThat(server.received("tasks/get")).hasSize(1);
    }

    @Test
    void holdsOnToNoPollThatHasItsAnswer() {
        server.on("tasks/get", WORKING);
        Call call = request("tasks/result", "{'taskId':'7'}");
        begin(call);
        timer.advance(Duration.ofSeconds(5));

        call.cancellation().cancel();

        assertThat(server.received("tasks/get"))
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        poll -> assertThat(poll.cancellation().isCancelled()).isFalse());
    }

    @Test
    void mayAskOnlySoMuch() {
        AtomicInteger asked = new AtomicInteger();
        server.with("tasks/get", call -> {
            String questions = IntStream.range(0, 32)
                    .mapToObj(i -> "'q" + asked.incrementAndGet() + "':{'method':'elicitation/create'}")
                    .collect(Collectors.joining(","));
            return CompletableFuture.completedFuture(
                    ScriptedServer.result("{'status':'input_required','inputRequests':{" + questions + "}}"));
        });
        server.on("tasks/update", "{'resultType':'complete'}");

        CompletableFuture<Reply> result = result();
        timer.advance(Duration.ofHours(1));

        assertThat(failure(result.getNow(Reply.accepted())).is(ErrorCode.BAD_UPSTREAM))
                .isTrue();
        assertThat(told()).hasSize(1_024);
    }

    @ParameterizedTest
    @CsvSource({"null, 1000", "1, 100", "500, 500", "999999999, 10000"})
    void isPolledAsOftenAsTheServerSaysWithinReason(String wanted, long every) {
        server.on("tasks/get", WORKING.replace("'pollIntervalMs':500", "'pollIntervalMs':" + wanted));
        result();

        timer.advance(Duration.ofMillis(every - 1));
        assertThat(server.received("tasks/get")).hasSize(1);
        timer.advance(Duration.ofMillis(1));

        assertThat(server.received("tasks/get")).hasSize(2);
    }

    @Test
    void isCancelledAndTellsItsState() {
        server.on("tasks/cancel", "{'resultType':'complete'}").on("tasks/get", "{'taskId':'7','status':'cancelled'}");

        assertThat(Json.text(result(send("tasks/cancel", "{'taskId':'7'}"))))
                .startsWith("{'taskId':'7','status':'cancelled'");
    }

    @Test
    void cannotBeFoundInAList() {
        assertThat(failure(send("tasks/list", "{}")).is(ErrorCode.METHOD_NOT_FOUND))
                .isTrue();
        assertThat(server.received("tasks/list")).isEmpty();
    }
}
