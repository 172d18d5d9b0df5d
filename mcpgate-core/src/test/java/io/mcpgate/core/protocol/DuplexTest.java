package io.mcpgate.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.Unwritable;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DuplexTest {
    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<Call> received = new CopyOnWriteArrayList<>();
    private final RecordingSession session = RecordingSession.legacy("s");
    private volatile CompletionStage<Reply> answer = CompletableFuture.completedFuture(Reply.complete(Payload.empty()));
    private int unexpected;
    private boolean broken;
    private boolean throwing;
    private boolean mayGuess = true;

    private final Duplex duplex = new Duplex(this::send, new Duplex.Origin() {
        @Override
        public Call call(Envelope.Request request, @Nullable Call parent) {
            if (parent == null) {
                return Call.unsolicited(
                        request.id(), request.method(), request.params(), session, Samples.ALICE, "crm");
            }
            RequestId id = request.id();
            return id == null
                    ? parent.notificationToClient(request.method(), request.params())
                    : parent.requestToClient(id, request.method(), request.params());
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            received.add(call);
            return call.isNotification() ? CompletableFuture.completedFuture(Reply.accepted()) : answer;
        }

        @Override
        public boolean mayGuess() {
            return mayGuess;
        }

        @Override
        public void unexpected() {
            unexpected++;
        }
    });

    private CompletionStage<Void> send(Frame frame, Call call) {
        if (throwing) {
            throw new IllegalStateException("of a host");
        }
        if (broken) {
            return CompletableFuture.failedFuture(new IOException("pipe"));
        }
        sent.add(new String(frame.toByteArray(), StandardCharsets.UTF_8));
        return CompletableFuture.completedFuture(null);
    }

    private void receive(String json) {
        try {
            duplex.receive(reader.read(json.getBytes(StandardCharsets.UTF_8)), null);
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }

    private Call withToken(Object token) {
        return Samples.request("tools/call", Map.of("name", "x", "_meta", Map.of("progressToken", token)), session);
    }

    private static Reply now(CompletionStage<Reply> stage) {
        CompletableFuture<Reply> reply = stage.toCompletableFuture();
        assertThat(reply).isDone();
        return reply.join();
    }

    @Nested
    class Requests {
        @Test
        void goOutUnderIdsOfThisConnection() {
            duplex.send(Samples.toolCall("a", session));
            duplex.send(Samples.toolCall("b", session));

            assertThat(sent.get(0)).startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,");
            assertThat(sent.get(1)).startsWith("{\"jsonrpc\":\"2.0\",\"id\":2,");
        }

        @Test
        void getTheirOwnRepliesInWhateverOrder() {
            CompletionStage<Reply> first = duplex.send(Samples.toolCall("a", session));
            CompletionStage<Reply> second = duplex.send(Samples.toolCall("b", session));

            receive("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"n\":2}}");
            receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"n\":1}}");

            assertThat(((Reply.Complete) now(first)).result().members()).containsEntry("n", 1L);
            assertThat(((Reply.Complete) now(second)).result().members()).containsEntry("n", 2L);
        }

        @Test
        void takeOnlyOneReplyAndNoneOfAnotherType() {
            CompletionStage<Reply> reply = duplex.send(Samples.toolCall("a", session));
            receive("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"n\":0}}");
            receive("{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{\"n\":0}}");
            receive("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"m\"}}");
            assertThat(reply.toCompletableFuture()).isNotDone();

            receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"n\":1}}");
            receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"n\":2}}");

            assertThat(((Reply.Complete) now(reply)).result().members()).containsEntry("n", 1L);
            assertThat(unexpected).isEqualTo(4);
        }

        @Test
        void passErrorsOnAsTheyAre() {
            CompletionStage<Reply> reply = duplex.send(Samples.toolCall("a", session));

            receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":401,\"message\":\"m\",\"data\":{\"d\":1}}}");

            Reply.Failure failure = (Reply.Failure) now(reply);
            assertThat(failure.code()).isEqualTo(401);
            assertThat(failure.kind()).as("not the gateway's own").isNull();
        }

        @Test
        void mayBeAnsweredByARequestForInput() {
            CompletionStage<Reply> reply = duplex.send(Samples.toolCall("a", session));

            receive(
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"input_required\",\"requestState\":\"s\"}}");

            assertThat(((Reply.InputRequired) now(reply)).state()).contains("s");
        }

        @Test
        void thatAreCancelledTellTheServerItsOwnId() {
            duplex.send(Samples.toolCall("a", session));
            Call call = Samples.toolCall("b", session);
            CompletionStage<Reply> reply = duplex.send(call);

            call.cancellation().cancel();

            assertThat(sent.get(2)).contains("notifications/cancelled").contains("\"requestId\":2");
            assertThat(((Reply.Failure) now(reply)).kind()).isEqualTo(ErrorCode.CANCELLED);
            receive("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}");
            assertThat(unexpected).isEqualTo(1);
        }

        @Test
        void thatAreCancelledEndAlsoIfTheServerCannotBeToldSo() {
            Call call = Samples.toolCall("a", session);
            CompletionStage<Reply> reply = duplex.send(call);
            throwing = true;

            assertThatThrownBy(call.cancellation()::cancel).hasMessage("of a host");

            assertThat(((Reply.Failure) now(reply)).kind()).isEqualTo(ErrorCode.CANCELLED);
        }

        @Test
        void thatWereCancelledBeforeAreNotSent() {
            Call call = Samples.toolCall("a", session);
            call.cancellation().cancel();

            assertThat(((Reply.Failure) now(duplex.send(call))).kind()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(sent).isEmpty();
        }

        @Test
        void failWhenTheConnectionIsLostBeforeOrAfter() {
            CompletionStage<Reply> before = duplex.send(Samples.toolCall("a", session));
            duplex.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, "gone"));

            CompletionStage<Reply> after = duplex.send(Samples.toolCall("b", session));

            assertThat(((Reply.Failure) now(before)).message()).isEqualTo("gone");
            assertThat(((Reply.Failure) now(after)).message()).isEqualTo("gone");
        }

        @Test
        void failOneByOneIfTheirAnswersAreNone() {
            CompletionStage<Reply> first = duplex.send(Samples.toolCall("a", session));
            CompletionStage<Reply> second = duplex.send(Samples.toolCall("b", session));
            Reply.Failure why = Reply.Failure.of(ErrorCode.BAD_UPSTREAM, "no MCP");

            assertThat(duplex.outgoing().fail(RequestId.of(2), why)).isTrue();
            assertThat(duplex.outgoing().fail(RequestId.of(2), why)).isFalse();
            assertThat(duplex.outgoing().fail(RequestId.of("1"), why)).isFalse();

            assertThat(now(second)).isSameAs(why);
            assertThat(first.toCompletableFuture()).isNotDone();
        }

        @Test
        void failAndAreForgottenWhenTheyCannotBeWritten() {
            CompletionStage<Reply> reply =
                    duplex.send(Call.request(RequestId.of(1), "tools/call", Unwritable.inPart(), session));

            Reply.Failure failure = (Reply.Failure) now(reply);
            assertThat(failure.kind()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(failure.message()).doesNotContain("surrogate");
            assertThat(duplex.outgoing().calls()).isEmpty();
        }

        @Test
        void failWhenTheyCannotBeSent() {
            broken = true;

            assertThat(((Reply.Failure) now(duplex.send(Samples.toolCall("a", session)))).kind())
                    .isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class Notifications {
        @Test
        void failWhenTheyCannotBeWritten() {
            CompletionStage<Reply> reply =
                    duplex.send(Call.notification("notifications/message", Unwritable.inPart(), session));

            assertThat(((Reply.Failure) now(reply)).kind()).isEqualTo(ErrorCode.INTERNAL);
        }
    }

    @Nested
    class Progress {
        @Test
        void isAskedForUnderATokenOfThisConnection() {
            duplex.send(withToken("mine"));

            assertThat(sent.get(0)).contains("\"progressToken\":1").doesNotContain("mine");
        }

        @Test
        void comesBackUnderTheTokenOfItsCall() {
            duplex.send(withToken("same"));
            Call second = withToken("same");
            duplex.send(second);

            receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\","
                    + "\"params\":{\"progressToken\":2,\"progress\":0.5}}");

            Call progress = received.get(0);
            assertThat(progress.params().members()).containsEntry("progressToken", "same");
            assertThat(progress.parent().orElseThrow()).isSameAs(second);
        }

        @Test
        void ofACallThatDidNotAskForItIsDropped() {
            duplex.send(Samples.toolCall("a", session));

            receive(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}");
            receive(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":9,\"progress\":1}}");

            assertThat(received).isEmpty();
            assertThat(unexpected).isEqualTo(2);
        }
    }

    @Nested
    class WhatIsSubscribedTo {
        private static final String UPDATED =
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":"
                        + "{\"uri\":\"a:b\", \"_meta\":{\"io.modelcontextprotocol/subscriptionId\":%d}}}";

        private Call listen(RequestId id) {
            return Call.request(id, "subscriptions/listen", Payload.empty(), session);
        }

        @Test
        void comesAsAChildOfItsSubscriptionUnderTheIdOfItsSubscriber() {
            Call number = listen(RequestId.of(77));
            Call text = listen(RequestId.of("77"));
            duplex.send(number);
            duplex.send(text);

            receive(UPDATED.formatted(2));
            receive(UPDATED.formatted(1));

            assertThat(received).extracting(call -> call.parent().orElseThrow()).containsExactly(text, number);
            assertThat(received.get(0).params().members().get("_meta"))
                    .isEqualTo(Map.of("io.modelcontextprotocol/subscriptionId", "77"));
            assertThat(received.get(1).params().members().get("_meta"))
                    .isEqualTo(Map.of("io.modelcontextprotocol/subscriptionId", 77L));
        }

        @Test
        void isDroppedWhenNobodySubscribed() {
            duplex.send(Samples.request("tools/call", Map.of("name", "x"), session));

            receive(UPDATED.formatted(1));
            receive(UPDATED.formatted(2));

            assertThat(received).isEmpty();
            assertThat(unexpected).isEqualTo(2);
        }

        @Test
        void endsUnderTheIdOfItsSubscriber() {
            CompletionStage<Reply> ended = duplex.send(listen(RequestId.of("mine")));

            receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\","
                    + "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1}}}");

            Payload result = ((Reply.Complete) now(ended)).result();
            assertThat(result.members().get("_meta"))
                    .isEqualTo(Map.of("io.modelcontextprotocol/subscriptionId", "mine"));
        }
    }

    @Nested
    class WhatTheOtherSideAsks {
        @Test
        void isAnsweredUnderItsOwnId() {
            receive("{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}");

            assertThat(sent).containsExactly("{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{}}");
        }

        @Test
        void isAnsweredByAnErrorIfItsReplyCannotBeWritten() {
            answer = CompletableFuture.completedFuture(Reply.complete(Unwritable.inPart()));

            receive("{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}");

            assertThat(sent)
                    .singleElement()
                    .asString()
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"error\":{\"code\":-32603,")
                    .doesNotContain("surrogate");
        }

        @Test
        void isRefusedUnderAnIdThatIsInFlight() {
            answer = new CompletableFuture<>();
            receive("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"roots/list\"}");

            receive("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"roots/list\"}");

            assertThat(received).hasSize(1);
            assertThat(sent).singleElement().asString().contains("-32600");
        }

        @Test
        void canBeCancelledByItAndIsThenNotAnswered() {
            CompletableFuture<Reply> late = new CompletableFuture<>();
            answer = late;
            receive("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"roots/list\"}");

            receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}");
            late.complete(Reply.complete(Payload.empty()));

            assertThat(received.get(0).cancellation().isCancelled()).isTrue();
            assertThat(sent).isEmpty();
        }

        @Test
        void belongsToNoCallInFlightWhereThatCouldBeAnotherClients() {
            mayGuess = false;
            duplex.send(Samples.toolCall("a", session));

            receive("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"sampling/createMessage\"}");
            receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}");

            assertThat(received).extracting(asked -> asked.parent().isPresent()).containsExactly(false, false);
        }

        @Test
        void belongsToTheCallInFlightWhereThereIsOnlyOneStream() {
            Call call = Samples.toolCall("a", session);
            duplex.send(call);

            receive("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"sampling/createMessage\"}");
            receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}");
            receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");

            assertThat(received).extracting(asked -> asked.parent().isPresent()).containsExactly(true, true, false);
        }
    }
}
