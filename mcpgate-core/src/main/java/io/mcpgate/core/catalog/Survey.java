package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Reply;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Asks several servers at once, and waits for each no longer than its patience: a slow server costs its own answer and
 * nobody else's.
 *
 * @param patience how long to wait
 * @param timer of the gateway
 */
record Survey(Duration patience, ScheduledExecutorService timer) {

    /** What one server answered; a failure if it did not in time. */
    record Answer(String server, Reply reply) {}

    /** Takes each of the calls, which are addressed, through the rest of the chain. */
    CompletionStage<List<Answer>> ask(List<Call> calls, Chain chain) {
        List<CompletableFuture<Answer>> answers =
                calls.stream().map(call -> ask(call, chain)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<Answer> ask(Call call, Chain chain) {
        Call bounded = mayGoOn(call) ? call : call.withTimeout(patience);
        return Timeouts.within(chain.proceed(bounded), patience, timer, () -> late(call))
                .handle((reply, error) ->
                        new Answer(call.server().orElse(""), error == null ? reply : unanswered(error)));
    }

    /** A server that takes long to start is no use to this handshake, but ready for the call after it. */
    private static boolean mayGoOn(Call call) {
        return call.method().equals("initialize");
    }

    /** Nobody waits any more. */
    private static Throwable late(Call call) {
        if (!mayGoOn(call)) {
            Closing.quietly(call.cancellation()::cancel);
        }
        return new Late();
    }

    private static Reply unanswered(Throwable error) {
        return error instanceof Late
                ? Reply.failure(ErrorCode.DEADLINE, "The server did not answer in time")
                : Reply.failure(ErrorCode.INTERNAL, "Internal error");
    }

    private static final class Late extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Late() {
            super("late", null, false, false);
        }
    }
}
