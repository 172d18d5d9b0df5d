package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.RoundTrips;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call to a legacy server, and the rounds in which its modern client makes it: whenever the server asks something, the
 * round ends with {@code input_required}, and the server's call waits until the next round brings the answers. Safe for use by
 * several threads.
 */
final class Conversation implements Suspended.Waiting {
    private static final int URL_ELICITATION_REQUIRED = -32042; // 2025-11-25 only
    private static final int RESOURCE_NOT_FOUND = -32002; // before 2026-07-28

    private final Call first;
    private final Call toServer;
    private final Suspended suspended;
    private final JsonReader reader;
    private final Map<String, Question> questions = new LinkedHashMap<>(); // unanswered; guarded by this
    private int lastQuestion; // guarded by this
    private @Nullable Round round; // guarded by this
    private @Nullable Reply outcome; // guarded by this

    Conversation(Call first, StandIn standIn, Suspended suspended, JsonReader reader) {
        this.first = first;
        this.suspended = suspended;
        this.reader = reader;
        this.toServer = Call.request(
                        first.id().orElseThrow(), first.method(), Terms.legacyParams(first.params(), reader), standIn)
                .withPrincipal(first.principal())
                .withServer(first.server().orElse(""))
                .with(StandIn.CONVERSATION, this);
    }

    /** A request of the client that waits. */
    private record Round(Call call, CompletableFuture<Reply> reply) {}

    /** A request of the server that waits. */
    private record Question(Call request, CompletableFuture<Reply> answer) {}

    /** The call as the server gets it. */
    Call toServer() {
        return toServer;
    }

    /** The client waits, by this request. Completes with the server's reply or with what it wants to know. */
    CompletionStage<Reply> join(Call call) {
        Round joined = new Round(call, new CompletableFuture<>());
        Reply known;
        synchronized (this) {
            known = outcome;
            round = known == null ? joined : null;
        }
        if (known != null) {
            joined.reply().complete(known);
            return joined.reply();
        }
        var watch = call.cancellation().onCancel(this::abandon);
        joined.reply().whenComplete((reply, error) -> watch.close());
        return joined.reply();
    }

    /** Nobody will come back: the server need not go on. */
    private void abandon() {
        toServer.cancellation().cancel();
    }

    @Override
    public void expired() {
        abandon();
        dropQuestions();
    }

    /** Whether the client can be asked anything within this call's result. */
    boolean mayAsk() {
        return RoundTrips.mayAsk(first.method());
    }

    /** The server asks something. Completes when the client has answered. */
    CompletionStage<Reply> ask(Call request) {
        if (!RoundTrips.mayAsk(first.method())
                || !Terms.canBeAsked(request.method(), Terms.legacyCapabilities(first.params()))) {
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.METHOD_NOT_FOUND, "The client cannot be asked this here"));
        }
        Question question = new Question(request, new CompletableFuture<>());
        String key;
        synchronized (this) {
            if (outcome != null) {
                return CompletableFuture.completedFuture(
                        Reply.failure(ErrorCode.CANCELLED, "The call has ended already"));
            }
            key = "request-" + ++lastQuestion;
            questions.put(key, question);
        }
        request.cancellation().onCancel(() -> withdraw(key));
        passOn();
        return question.answer();
    }

    private void withdraw(String key) {
        Question withdrawn;
        synchronized (this) {
            withdrawn = questions.remove(key);
        }
        if (withdrawn != null) {
            withdrawn.answer().complete(Reply.failure(ErrorCode.CANCELLED, "The server has withdrawn its request"));
        }
    }

    /** Ends the round with the questions that are open, if there is a round and a question. */
    private void passOn() {
        Round ended;
        Map<String, Object> requests = new LinkedHashMap<>();
        synchronized (this) {
            if (round == null || questions.isEmpty()) {
                return;
            }
            ended = round;
            round = null;
            questions.forEach((key, question) -> requests.put(key, Terms.inputRequest(question.request(), reader)));
        }
        Optional<String> state = suspended.keep(ended.call(), this);
        if (state.isEmpty()) {
            expired(); // nobody can come back
        }
        ended.reply()
                .complete(state.map(kept -> inputRequired(requests, kept))
                        .orElseGet(() -> Reply.failure(
                                ErrorCode.RATE_LIMITED, "Too many calls wait for input; answer or end some first")));
    }

    private static Reply inputRequired(Map<String, Object> requests, String state) {
        return new Reply.InputRequired(
                Payload.of(Map.of("resultType", "input_required", "inputRequests", requests, "requestState", state)));
    }

    @Override
    public CompletionStage<Reply> resume(
            Call call, Map<String, Payload> responses, Function<Call, CompletionStage<Reply>> begin) {
        CompletionStage<Reply> reply = join(call);
        responses.forEach((key, response) -> {
            Question answered;
            synchronized (this) {
                answered = questions.remove(key);
            }
            if (answered != null) {
                answered.answer().complete(Reply.complete(response));
            }
        });
        passOn(); // what was left unanswered, or was asked meanwhile
        dropIfSettled();
        return reply;
    }

    /** The server tells the progress of the call, or logs something about it. */
    CompletionStage<Reply> tell(Call notification) {
        Round now;
        synchronized (this) {
            now = round;
        }
        if (now == null || !Terms.isToldWithinRequests(notification.method())) {
            return done();
        }
        if (notification.method().equals("notifications/progress")) {
            RequestId token = Correlation.asked(now.call().params()).orElse(null);
            return token == null
                    ? done()
                    : tell(now.call(), notification.method(), Correlation.rename(notification.params(), token));
        }
        boolean unwanted = notification.method().equals("notifications/message")
                && !Terms.isLogged(notification.params(), now.call().params());
        return unwanted ? done() : tell(now.call(), notification.method(), notification.params());
    }

    private static CompletionStage<Reply> tell(Call call, String method, Payload params) {
        return call.session().deliver(call.notificationToClient(method, params));
    }

    private static CompletionStage<Reply> done() {
        return CompletableFuture.completedFuture(Reply.accepted());
    }

    /** The server's call has ended. Gives the reply for the client. */
    Reply settled(@Nullable Reply reply, @Nullable Throwable error) {
        Reply known = error != null || reply == null
                ? Reply.failure(ErrorCode.INTERNAL, "Internal error")
                : inModernTerms(reply);
        Round waiting;
        synchronized (this) {
            outcome = known;
            waiting = round;
            round = null;
        }
        if (waiting != null) {
            dropQuestions();
            waiting.reply().complete(known);
        } // otherwise the client will be back with answers, which may be for more than this call
        return known;
    }

    /** The server's call ended while its client was away, and the client came for the last time. */
    private void dropIfSettled() {
        boolean settled;
        synchronized (this) {
            settled = outcome != null;
        }
        if (settled) {
            dropQuestions();
        }
    }

    private void dropQuestions() {
        List<Question> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(questions.values());
            questions.clear();
        }
        unanswered.forEach(question ->
                question.answer().complete(Reply.failure(ErrorCode.CANCELLED, "The client has not answered")));
    }

    private Reply inModernTerms(Reply reply) {
        if (reply instanceof Reply.Complete complete) {
            return Terms.modernResult(first.method(), complete.result(), reader);
        }
        if (reply instanceof Reply.Failure failure && failure.kind() == null) {
            return switch (failure.code()) {
                case RESOURCE_NOT_FOUND ->
                    Reply.Failure.received(ErrorCode.INVALID_PARAMS.code(), failure.message(), failure.data());
                case URL_ELICITATION_REQUIRED -> visitFirst(failure);
                default -> failure;
            };
        }
        return reply;
    }

    /** What 2025-11-25 says by an error: the user is to visit pages, then the call is to be made again. */
    private Reply visitFirst(Reply.Failure failure) {
        Map<String, Object> requests = Terms.visits(failure.data());
        boolean can = first.params().member("_meta", Terms.CLIENT_CAPABILITIES, "elicitation", "url") != null;
        if (requests.isEmpty() || !can) {
            return failure;
        }
        return suspended
                .keep(first, new Again())
                .map(state -> inputRequired(requests, state))
                .orElse(failure);
    }

    /** Nothing waits at the server: the call is made again when its client comes back. */
    private static final class Again implements Suspended.Waiting {
        @Override
        public CompletionStage<Reply> resume(
                Call call, Map<String, Payload> responses, Function<Call, CompletionStage<Reply>> begin) {
            return begin.apply(call);
        }

        @Override
        public void expired() {}
    }
}
