package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Waiting that ends: for a server that the gateway itself asks, and for a while. */
final class Waiting {
    /** How long a server may take for what the gateway asks of it for itself. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private Waiting() {}

    /**
     * The reply to a request of the gateway's own, which no deadline of a client ends: if the server leaves it unanswered,
     * it is cancelled and has failed.
     */
    static CompletionStage<Reply> inTime(
            CompletionStage<Reply> reply, Call request, Duration patience, ScheduledExecutorService timer) {
        try {
            return Timeouts.within(reply, patience, timer, Silence::new)
                    .exceptionallyCompose(error -> error instanceof Silence
                            ? CompletableFuture.completedFuture(givenUp(request, patience))
                            : CompletableFuture.failedFuture(error));
        } catch (RejectedExecutionException closing) {
            return reply; // ends with the connection
        }
    }

    private static Reply givenUp(Call request, Duration patience) {
        Closing.quietly(request.cancellation()::cancel);
        return Reply.failure(
                ErrorCode.DEADLINE,
                "The server did not answer " + request.method() + " within " + patience.toSeconds() + " s");
    }

    private static final class Silence extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Silence() {
            super("no answer", null, false, false);
        }
    }

    /** Completes after a time; at once if the gateway is closing. */
    static CompletionStage<Void> pause(Duration time, ScheduledExecutorService timer) {
        CompletableFuture<Void> rested = new CompletableFuture<>();
        try {
            timer.schedule(() -> rested.complete(null), time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            rested.complete(null);
        }
        return rested;
    }
}
