package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The host's code, run for a call: in the Reactor context in which its message came, on the thread that brings it, and no
 * longer than somebody waits for it.
 */
final class HostCode {
    private HostCode() {}

    /**
     * Begins it now.
     *
     * @param provided the host's transport context; the host's code finds it with who calls added
     * @return what it gives; {@code null} for nothing. Cancelled with the call
     */
    static <T> CompletableFuture<T> run(Mono<T> work, Call call, ContextView context, McpTransportContext provided) {
        McpTransportContext known = CallerContext.of(provided, call.principal());
        CompletableFuture<T> running = work.contextWrite(
                        own -> own.putAll(context).put(McpTransportContext.KEY, known))
                .toFuture();
        if (!running.isDone()) {
            Cancellation.Registration watch = call.cancellation().onCancel(() -> running.cancel(false));
            running.whenComplete((done, error) -> watch.close());
        }
        return running;
    }

    /**
     * As {@link #run} for code that answers by other ways.
     *
     * @return completes when it is done or its call has been cancelled; fails if it has failed
     */
    static CompletionStage<Void> deliver(
            Mono<Void> work, Call call, ContextView context, McpTransportContext provided) {
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        run(work, call, context, provided).whenComplete((done, error) -> {
            if (error == null || error instanceof CancellationException) {
                delivered.complete(null); // a call that is cancelled has been delivered all the same
            } else {
                delivered.completeExceptionally(error);
            }
        });
        return delivered;
    }
}
