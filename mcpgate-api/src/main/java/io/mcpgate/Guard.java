package io.mcpgate;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A pure decision as a step, shown what a server asks for in either era: as a request, or inside a result. */
record Guard(Function<Call, Optional<Reply>> decide) implements Interceptor {

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        Optional<Reply> refused = decide.apply(call).or(() -> refusedInNews(call));
        if (refused.isPresent()) {
            return CompletableFuture.completedFuture(refused.get());
        }
        return call.isNotification()
                ? chain.proceed(call)
                : chain.proceed(call).thenApply(reply -> inspect(call, reply));
    }

    /** A task's state comes also as news, and may ask then (2026-07-28, tasks extension). */
    private Optional<Reply> refusedInNews(Call call) {
        return call.direction() == Direction.TO_CLIENT && call.method().equals("notifications/tasks")
                ? refused(call, new Reply.InputRequired(call.params()))
                : Optional.empty();
    }

    private Reply inspect(Call call, Reply reply) {
        if (reply instanceof Reply.InputRequired asking) {
            return refused(call, asking).orElse(reply);
        }
        boolean ofTask = call.method().equals("tasks/get"); // a task asks in its state (2026-07-28, tasks extension)
        return ofTask && reply instanceof Reply.Complete state
                ? refused(call, new Reply.InputRequired(state.result())).orElse(reply)
                : reply;
    }

    private Optional<Reply> refused(Call call, Reply.InputRequired asking) {
        for (Map.Entry<String, Reply.Request> asked : asking.requests().entrySet()) {
            RequestId id = call.id().orElseGet(() -> RequestId.of(asked.getKey())); // news has none
            Reply.Request request = asked.getValue();
            Optional<Reply> refused = decide.apply(call.requestToClient(id, request.method(), request.params()));
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }
}
