package io.mcpgate.sdk;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * What became of one message that the host has handed in. The SDK's clients begin a new session when the transport says,
 * by its own exception, that the old one is gone: so that exception must reach them, and not an error response made of it.
 */
final class Delivery {
    static final AttributeKey<Delivery> KEY = AttributeKey.of("sdk delivery", Delivery.class);

    private final ContextView context;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private volatile @Nullable Throwable refusal;
    private volatile @Nullable Call call;

    Delivery(ContextView context) {
        this.context = context;
    }

    /** The host's Reactor context, in which the message goes on. */
    ContextView context() {
        return context;
    }

    /** The call that the message has become. */
    void of(Call made) {
        call = made;
        made.cancellation().onCancel(this::sent);
    }

    /** The host waits no more: neither for the message to be taken, nor for what may come of it. */
    void cancel() {
        Call known = call;
        if (known != null) {
            known.cancellation().cancel();
        }
    }

    /** Completes when the message has been taken, or answered; fails with the transport's own exception. */
    CompletionStage<Void> taken() {
        return taken;
    }

    /** The transport has taken it. */
    void sent() {
        taken.complete(null);
    }

    /** The transport has not taken it; a step may yet try again. */
    void refused(Throwable why) {
        refusal = why;
    }

    /** Nothing more will become of it, and no answer is awaited. */
    void over() {
        answered(true);
    }

    /**
     * The gateway has an answer, and there will be no other try.
     *
     * @param error whether it is an error
     * @return whether the answer is to be given to the client
     */
    boolean answered(boolean error) {
        Throwable why = refusal;
        if (error && why != null && !taken.isDone()) {
            taken.completeExceptionally(why);
            return false;
        }
        taken.complete(null);
        return true;
    }
}
