package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.stage.Ready;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes one function of a list of steps, for one kind of traffic; steps that did not ask for it are not in there. */
final class Fold {
    private Fold() {}

    static Chain fold(List<NamedStep> steps, Traffic traffic, Chain end) {
        Chain chain = end;
        for (int i = steps.size() - 1; i >= 0; i--) {
            NamedStep step = steps.get(i);
            if (step.interceptor().traffic().contains(traffic)) {
                chain = new Link(step, step.trusted() ? chain : new Shielded(chain));
            }
        }
        return chain;
    }

    private record Link(NamedStep step, Chain next) implements Chain {
        @Override
        public CompletionStage<Reply> proceed(Call call) {
            CompletionStage<Reply> stage;
            try {
                stage = step.interceptor().intercept(call, next);
            } catch (Throwable broken) { // also an Error in a host's step must fail its call, and only that
                return CompletableFuture.failedFuture(new BrokenStep(step.name() + " threw", broken));
            }
            if (stage == null) {
                return CompletableFuture.failedFuture(new BrokenStep(step.name() + " gave no stage", null));
            }
            return step.trusted() ? stage : stage.thenApply(this::present);
        }

        private Reply present(@Nullable Reply reply) {
            if (reply == null) {
                throw new BrokenStep(step.name() + " gave no reply", null);
            }
            return reply;
        }
    }

    /** What stands behind a host's step: it may end the stage that it gets as it likes, and nobody else waits for that one. */
    private record Shielded(Chain next) implements Chain {
        @Override
        public CompletionStage<Reply> proceed(Call call) {
            CompletionStage<Reply> stage = next.proceed(call);
            return Ready.is(stage) ? stage : stage.thenApply(reply -> reply);
        }
    }

    /** Names the step that broke the contract of {@link Interceptor}; for the log, never for a client. */
    static final class BrokenStep extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenStep(String message, @Nullable Throwable cause) {
            super("Step " + message, cause);
        }
    }
}
