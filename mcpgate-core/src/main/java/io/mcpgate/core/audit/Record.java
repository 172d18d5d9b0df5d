package io.mcpgate.core.audit;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.stage.Ready;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The outermost step: sees refusals, failures and cancellations, and keeps each outcome before the client learns of it.
 *
 * <p>Notifications of servers (progress, log messages) are kept only if they are refused or cannot be delivered;
 * everything else always.
 */
public final class Record implements Interceptor {
    private final Events events;
    private final Recorder recorder;

    public Record(Recorder recorder, Clock clock) {
        this.recorder = recorder;
        this.events = new Events(clock);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        Trail trail = Trail.of(call);
        CompletionStage<Reply> inner = chain.proceed(call);
        if (Ready.is(inner)) {
            Reply reply = inner.toCompletableFuture().join();
            return keep(call, trail, reply, inner);
        }
        return inner.handle((reply, error) -> error == null
                        ? keep(call, trail, reply, CompletableFuture.completedFuture(reply))
                        : keepBroken(call, trail, error))
                .thenCompose(kept -> kept);
    }

    /** {@code replied} is a stage that has given the reply. */
    private CompletionStage<Reply> keep(Call call, Trail trail, @Nullable Reply reply, CompletionStage<Reply> replied) {
        if (call.traffic() == Traffic.NOTIFICATION_TO_CLIENT && !(reply instanceof Reply.Failure)) {
            return replied;
        }
        return Ready.thenCompose(
                recorder.keep(events.outcome(call, trail, reply)),
                kept -> kept ? replied : CompletableFuture.completedFuture(unavailable()));
    }

    private CompletionStage<Reply> keepBroken(Call call, Trail trail, Throwable error) {
        return recorder.keep(events.outcome(call, trail, null))
                .thenCompose(kept -> CompletableFuture.failedFuture(error));
    }

    private static Reply unavailable() {
        return Reply.failure(ErrorCode.AUDIT_UNAVAILABLE, "The outcome could not be recorded, so it cannot be shown");
    }
}
