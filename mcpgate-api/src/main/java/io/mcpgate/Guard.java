package io.mcpgate;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A pure decision as a step, shown what a server asks for in either era: as a request, or inside a result. */
record Guard(Function<Call, Optional<Reply>> decide) implements Interceptor {

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        return decide.apply(call)
                .<CompletionStage<Reply>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> call.isNotification()
                        ? chain.proceed(call)
                        : chain.proceed(call).thenApply(reply -> inspect(call, reply)));
    }

    private Reply inspect(Call call, Reply reply) {
        if (reply instanceof Reply.InputRequired asking) {
            return inspect(call, reply, asking);
        }
        boolean ofTask = call.method().equals("tasks/get"); // a task asks in its state (2026-07-28, tasks extension)
        return ofTask && reply instanceof Reply.Complete state
                ? inspect(call, reply, new Reply.InputRequired(state.result()))
                : reply;
    }

    private Reply inspect(Call call, Reply reply, Reply.InputRequired asking) {
        RequestId id = call.id().orElseThrow();
        for (Reply.Request request : asking.requests().values()) {
            Optional<Reply> refused = decide.apply(call.requestToClient(id, request.method(), request.params()));
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        return reply;
    }
}
