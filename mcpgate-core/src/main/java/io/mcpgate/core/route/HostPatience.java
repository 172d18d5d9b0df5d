package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.core.stage.Ready;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;

/**
 * How long what a host has plugged in (authenticator, policy store, router) may take for a call that has no deadline.
 * Notifications and listens have none, and one of which it is never said who sends it or whether it may pass would stay in
 * the gateway for ever.
 */
public final class HostPatience {
    private final TimeLimit limit;

    /** As much as {@code limit}, which {@code timer} watches; whoever made the timer ends it. */
    public HostPatience(Duration limit, ScheduledExecutorService timer) {
        this.limit = new TimeLimit(limit, timer);
    }

    /** The stage; for a call without a deadline it fails with a {@link TimeoutException} when patience is over. */
    public <T> CompletionStage<T> with(CompletionStage<T> stage, Call call) {
        return Ready.is(stage) || call.timeLeft().isPresent()
                ? stage
                : limit.within(stage, () -> new TimeoutException("No answer in time"));
    }
}
