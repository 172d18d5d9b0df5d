package io.mcpgate.core.audit;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.stage.Ready;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps a record of what is about to happen; without it nothing happens. Stands just before the upstream. */
public final class Attempt implements Interceptor {
    private final Events events;
    private final Recorder recorder;

    public Attempt(Recorder recorder, Clock clock) {
        this.recorder = recorder;
        this.events = new Events(clock);
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.complementOf(EnumSet.of(Traffic.NOTIFICATION_TO_CLIENT));
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        return Ready.thenCompose(
                recorder.keep(events.attempt(call, Trail.of(call))),
                kept -> kept ? chain.proceed(call) : CompletableFuture.completedFuture(unavailable()));
    }

    private static Reply unavailable() {
        return Reply.failure(ErrorCode.AUDIT_UNAVAILABLE, "The call could not be recorded, so it was not made");
    }
}
