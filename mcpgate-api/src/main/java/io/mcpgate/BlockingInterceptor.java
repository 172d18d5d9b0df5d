package io.mcpgate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Straight-line code on an executor of the host's. */
record BlockingInterceptor(Executor executor, Interceptor.Blocking body) implements Interceptor {

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        CompletableFuture<Reply> done = new CompletableFuture<>();
        try {
            executor.execute(() -> run(call, chain, done));
        } catch (RejectedExecutionException full) {
            done.complete(Reply.failure(ErrorCode.UNAVAILABLE, "The gateway is too busy to look at this call"));
        }
        return done;
    }

    private void run(Call call, Chain chain, CompletableFuture<Reply> done) {
        try {
            done.complete(body.intercept(
                    call, next -> chain.proceed(next).toCompletableFuture().join()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            done.completeExceptionally(interrupted);
        } catch (Throwable broken) { // an Error of the host's code must fail its call, not lose it
            done.completeExceptionally(broken);
        }
    }
}
