package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of 2025-11-25 at a server that has those of the extension of 2026-07-28. The states are the same; what a client
 * waits for there in {@code tasks/result}, it polls for here in {@code tasks/get}, and what the task wants to know it is told
 * by {@code tasks/update}. There is no list of tasks in the extension, and so none is offered.
 */
final class LegacyTasks {
    private static final long POLL_MILLIS = 1_000;
    private static final long POLL_MILLIS_MIN = 100;
    private static final long POLL_MILLIS_MAX = 10_000;
    private static final int QUESTIONS_MAX = 1_024;

    private final Requests requests;
    private final Interview interview;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;

    LegacyTasks(Requests requests, Interview interview, JsonReader reader, ScheduledExecutorService timer) {
        this.requests = requests;
        this.interview = interview;
        this.reader = reader;
        this.timer = timer;
    }

    /** Sends requests to the server in the client's name. */
    @FunctionalInterface
    interface Requests {
        /** A request on behalf of a call, that ends with it. */
        CompletionStage<Reply> send(Call call, String method, Payload params);
    }

    /** What a server with the extension offers to clients of 2025-11-25. */
    static Map<String, Object> capability() {
        return Map.of("cancel", Map.of(), "requests", Map.of("tools", Map.of("call", Map.of())));
    }

    /** The answer to a tool's call that became a task. */
    static Reply created(Payload result) {
        return Reply.complete(Payload.of(Map.of("task", task(result))));
    }

    /** {@code tasks/get}, {@code tasks/cancel} and {@code tasks/result}. */
    CompletionStage<Reply> handle(Call call) {
        Payload params =
                Payload.of(Map.of("taskId", call.params().string("taskId").orElse("")));
        return switch (call.method()) {
            case "tasks/get" -> state(call, params);
            case "tasks/cancel" ->
                requests.send(call, "tasks/cancel", params)
                        .thenCompose(reply -> reply instanceof Reply.Complete ? state(call, params) : done(reply));
            case "tasks/result" -> result(call, params, new HashSet<>());
            default -> done(Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found"));
        };
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private CompletionStage<Reply> state(Call call, Payload params) {
        return requests.send(call, "tasks/get", params)
                .thenApply(reply -> reply instanceof Reply.Complete complete
                        ? Reply.complete(Payload.of(task(complete.result())))
                        : reply);
    }

    private static Map<String, @Nullable Object> task(Payload result) {
        Map<String, @Nullable Object> modern = result.members();
        Map<String, @Nullable Object> task = new LinkedHashMap<>();
        for (String same : new String[] {"taskId", "status", "statusMessage", "createdAt", "lastUpdatedAt"}) {
            if (modern.containsKey(same)) {
                task.put(same, modern.get(same));
            }
        }
        task.put("ttl", modern.get("ttlMs"));
        if (modern.get("pollIntervalMs") instanceof Long interval) {
            task.put("pollInterval", interval);
        }
        return task;
    }

    /** Polls until there is a result. What was {@code answered} already is not asked again, if the server is slow to see it. */
    private CompletionStage<Reply> result(Call call, Payload params, Set<String> answered) {
        if (call.cancellation().isCancelled()) {
            return done(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"));
        }
        return requests.send(call, "tasks/get", params)
                .thenCompose(reply -> reply instanceof Reply.Complete complete
                        ? result(call, params, complete.result(), answered)
                        : done(reply));
    }

    private CompletionStage<Reply> result(Call call, Payload params, Payload state, Set<String> answered) {
        return switch (state.string("status").orElse("")) {
            case "completed" -> done(completed(state, params));
            case "failed" -> done(failed(state));
            case "cancelled" -> done(Reply.failure(ErrorCode.CANCELLED, "The task was cancelled"));
            case "input_required" -> answer(call, params, state, answered);
            default -> later(state).thenCompose(unused -> result(call, params, answered));
        };
    }

    private Reply completed(Payload state, Payload params) {
        if (!(state.members().get("result") instanceof Map<?, ?> result)) {
            return Reply.failure(
                    ErrorCode.BAD_UPSTREAM, "The server says that the task is complete, and gives no result");
        }
        Payload related = Rewrite.builder()
                .remove("resultType")
                .put(params, "_meta", "io.modelcontextprotocol/related-task")
                .build()
                .apply(reader, Terms.payload(result));
        return Reply.complete(related);
    }

    private static Reply failed(Payload state) {
        int code = state.member("error", "code") instanceof Long number && number == number.intValue()
                ? number.intValue()
                : ErrorCode.INTERNAL.code();
        String message = state.string("error", "message").orElse("The task failed");
        Payload data = state.member("error", "data") instanceof Map<?, ?> members ? Terms.payload(members) : null;
        return Reply.Failure.received(code, message, data);
    }

    private CompletionStage<Reply> answer(Call call, Payload params, Payload state, Set<String> answered) {
        Map<String, Reply.Request> questions = new LinkedHashMap<>(new Reply.InputRequired(state).requests());
        questions.keySet().removeAll(answered);
        if (questions.isEmpty()) {
            return later(state).thenCompose(unused -> result(call, params, answered));
        }
        if (answered.size() + questions.size() > QUESTIONS_MAX) {
            return done(
                    Reply.failure(ErrorCode.BAD_UPSTREAM, "The task asked for more than " + QUESTIONS_MAX + " things"));
        }
        return interview.ask(call, questions).thenCompose(answers -> {
            if (answers.failure() != null) {
                return done(answers.failure());
            }
            answered.addAll(questions.keySet());
            Rewrite.Builder update = Rewrite.builder();
            answers.byKey().forEach((key, answer) -> update.put(answer, "inputResponses", Rewrite.member(key)));
            return requests.send(call, "tasks/update", update.build().apply(reader, params))
                    .thenCompose(told -> told instanceof Reply.Complete
                            ? later(state).thenCompose(unused -> result(call, params, answered))
                            : done(told));
        });
    }

    private CompletionStage<?> later(Payload state) {
        long wanted = state.members().get("pollIntervalMs") instanceof Long interval ? interval : POLL_MILLIS;
        return Waiting.pause(Duration.ofMillis(Math.max(POLL_MILLIS_MIN, Math.min(wanted, POLL_MILLIS_MAX))), timer);
    }
}
