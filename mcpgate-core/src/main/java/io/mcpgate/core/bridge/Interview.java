package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code input_required} in a legacy client's name: what the server wants to know, the client is asked by requests on
 * the stream of its call; then the call is made again with the answers (2026-07-28, "Multi Round-Trip Requests").
 */
final class Interview {
    private static final int ROUNDS_MAX = 16;
    private static final int QUESTIONS_MAX = 32;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Payload CANCELLED = Payload.of(Map.of("action", "cancel"));

    private final Upstream server;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;

    Interview(Upstream server, JsonReader reader, ScheduledExecutorService timer) {
        this.server = server;
        this.reader = reader;
        this.timer = timer;
    }

    /** The reply for the client. {@code call} as the client made it, {@code described} as the server got it. */
    CompletionStage<Reply> settle(Call call, Call described, Reply reply) {
        return settle(call, described, reply, 1);
    }

    private CompletionStage<Reply> settle(Call call, Call described, Reply reply, int round) {
        if (reply instanceof Reply.Complete complete) {
            Payload result = complete.result();
            boolean task = result.string("resultType").filter("task"::equals).isPresent();
            return done(task ? LegacyTasks.created(result) : Terms.legacyResult(result, reader));
        }
        if (!(reply instanceof Reply.InputRequired asking)) {
            return done(reply);
        }
        if (round > ROUNDS_MAX) {
            return done(Reply.failure(
                    ErrorCode.BAD_UPSTREAM, "The server asked for input more than " + ROUNDS_MAX + " times"));
        }
        return ask(call, asking.requests())
                .thenCompose(answers -> answers.failure() != null
                        ? done(answers.failure())
                        : again(call, described, asking, answers, round));
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    /** The answers by key; or why there are none. */
    record Answers(Map<String, Payload> byKey, Reply.@Nullable Failure failure) {}

    /** Asks the client all of it at once. */
    CompletionStage<Answers> ask(Call call, Map<String, Reply.Request> requests) {
        if (requests.size() > QUESTIONS_MAX) {
            return CompletableFuture.completedFuture(new Answers(
                    Map.of(),
                    Reply.Failure.of(
                            ErrorCode.BAD_UPSTREAM, "The server asked for more than " + QUESTIONS_MAX + " things")));
        }
        List<Asked> asked = new ArrayList<>();
        requests.forEach((key, request) -> asked.add(
                new Asked(key, request.method(), ask(call, key, request).toCompletableFuture())));
        return CompletableFuture.allOf(asked.stream().map(Asked::reply).toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> answers(asked));
    }

    private record Asked(String key, String method, CompletableFuture<Reply> reply) {}

    private static CompletionStage<Reply> ask(Call call, String key, Reply.Request request) {
        Call question = call.requestToClient(RequestId.of(key), request.method(), legacyQuestion(request));
        Cancellation.Registration watch = call.cancellation().onCancel(question.cancellation()::cancel);
        return Stages.begin(() -> call.session().deliver(question))
                .exceptionally(error -> Reply.failure(ErrorCode.INTERNAL, "Internal error"))
                .whenComplete((reply, error) -> watch.close());
    }

    /** Revisions with sessions tell by an id when the user is done with a page; here it is known by the retry. */
    private static Payload legacyQuestion(Reply.Request request) {
        boolean page = request.params().string("mode").filter("url"::equals).isPresent();
        if (!page || request.params().string("elicitationId").isPresent()) {
            return request.params();
        }
        Map<String, @Nullable Object> params =
                new LinkedHashMap<>(request.params().members());
        params.put("elicitationId", UUID.randomUUID().toString());
        return Payload.of(params);
    }

    private static Answers answers(List<Asked> all) {
        Map<String, Payload> byKey = new LinkedHashMap<>();
        for (Asked asked : all) {
            Reply reply = asked.reply().join();
            if (reply instanceof Reply.Complete complete) {
                byKey.put(asked.key(), complete.result());
            } else if (asked.method().equals("elicitation/create")) {
                byKey.put(asked.key(), CANCELLED); // the one answer that says that there is none
            } else {
                return new Answers(Map.of(), unanswered(asked.method(), reply));
            }
        }
        return new Answers(byKey, null);
    }

    private static Reply.Failure unanswered(String method, Reply reply) {
        return reply instanceof Reply.Failure failure && failure.kind() == null
                ? failure
                : Reply.Failure.of(ErrorCode.UNAVAILABLE, "The client did not answer the server's " + method);
    }

    private CompletionStage<Reply> again(
            Call call, Call described, Reply.InputRequired asking, Answers answers, int round) {
        Rewrite.Builder answered = Rewrite.builder();
        answers.byKey().forEach((key, answer) -> answered.put(answer, "inputResponses", Rewrite.member(key)));
        asking.state()
                .ifPresentOrElse(
                        state -> answered.putText(state, "requestState"), () -> answered.remove("requestState"));
        Call retry = described.withParams(answered.build().apply(reader, described.params()));
        return pauseIfNothingWasAsked(answers, round)
                .thenCompose(unused -> call.cancellation().isCancelled()
                        ? done(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"))
                        : server.forward(retry))
                .thenCompose(reply -> settle(call, described, reply, round + 1));
    }

    /** A server that only wants to be called again is busy (2026-07-28, "requestState without inputRequests"). */
    private CompletionStage<?> pauseIfNothingWasAsked(Answers answers, int round) {
        return answers.byKey().isEmpty()
                ? Waiting.pause(PAUSE.multipliedBy(round), timer)
                : CompletableFuture.completedFuture(null);
    }
}
