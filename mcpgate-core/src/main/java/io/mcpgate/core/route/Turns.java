package io.mcpgate.core.route;

import io.mcpgate.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Requests about the same thing go out one after the other, in the order in which they were given their turns: each waits until
 * the one before it has ended, however it ends. Over HTTP each request is a message of its own, and a server may handle two of
 * them in either order. Safe for use by many threads.
 */
final class Turns {
    private static final CompletionStage<Boolean> FREE = CompletableFuture.completedFuture(true);

    private final Map<String, CompletionStage<Boolean>> latest =
            new HashMap<>(); // while it is not over; guarded by this

    /** One request's turn. It has to be taken, for the next one waits for it. */
    static final class Turn {
        private final CompletableFuture<Supplier<CompletionStage<Reply>>> request;
        private final CompletionStage<Reply> reply;

        private Turn(CompletableFuture<Supplier<CompletionStage<Reply>>> request, CompletionStage<Reply> reply) {
            this.request = request;
            this.reply = reply;
        }

        /** Sends the request as soon as it may go, which is at once if nothing else is under way. */
        CompletionStage<Reply> take(Supplier<CompletionStage<Reply>> sending) {
            request.complete(sending);
            return reply;
        }
    }

    /** The turn behind all that were given about the same. */
    synchronized Turn next(String about) {
        CompletableFuture<Supplier<CompletionStage<Reply>>> request = new CompletableFuture<>();
        CompletionStage<Reply> reply = latest.getOrDefault(about, FREE)
                .thenCombine(request, (before, sending) -> sending)
                .thenCompose(Supplier::get);
        CompletionStage<Boolean> over = reply.handle((done, error) -> true);
        latest.put(about, over);
        over.thenRun(() -> forget(about, over));
        return new Turn(request, reply);
    }

    private synchronized void forget(String about, CompletionStage<Boolean> over) {
        latest.remove(about, over);
    }
}
