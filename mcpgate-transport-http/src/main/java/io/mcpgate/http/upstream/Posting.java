package io.mcpgate.http.upstream;

import io.mcpgate.AttributeKey;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.route.ConnectionLost;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How far the sending of one call has come. Travels with the call, from where it is sent to where its bytes leave. */
final class Posting {
    static final AttributeKey<Posting> KEY = AttributeKey.of("posting", Posting.class);

    private static final Reply.Failure CANCELLED = Reply.Failure.of(ErrorCode.CANCELLED, "The call was cancelled");

    private @Nullable Exchange exchange; // guarded by this
    private boolean taken; // guarded by this
    private boolean aborted; // guarded by this
    private volatile boolean answered;
    private volatile boolean sessionLost;
    private volatile Reply.@Nullable Failure refused;

    /** True for the first message that goes out for the call, the call itself; what follows is its cancellation. */
    synchronized boolean take() {
        boolean first = !taken;
        taken = true;
        return first;
    }

    /** The exchange that carries the call. */
    void carriedBy(Exchange carrier) {
        boolean late;
        synchronized (this) {
            exchange = carrier;
            late = aborted;
        }
        if (late) {
            abort();
        }
    }

    /** Closes the stream on which the answer would have come. */
    void abort() {
        Exchange carrier;
        synchronized (this) {
            aborted = true;
            carrier = exchange;
        }
        if (carrier != null) {
            carrier.abort(CANCELLED);
        }
    }

    /** Ends the exchange if nothing of it has left yet, and says whether: then the server need not be told. */
    boolean abortUnsent() {
        Exchange carrier;
        synchronized (this) {
            carrier = exchange;
        }
        return carrier != null && carrier.abortUnsent(CANCELLED);
    }

    /** Whether the call has its reply. */
    boolean isAnswered() {
        return answered;
    }

    /** The server does not know the session any more, so it has not begun to work on the call. */
    void sessionLost() {
        sessionLost = true;
    }

    /** The server did not take the notification. */
    void refused(Reply.Failure why) {
        refused = why;
    }

    /** The reply of the call, from the one that the bookkeeping of the connection gives. */
    CompletionStage<Reply> settle(Reply reply) {
        answered = true;
        if (sessionLost) {
            return CompletableFuture.failedFuture(new ConnectionLost("the server has ended the session"));
        }
        Reply.Failure why = refused;
        return CompletableFuture.completedFuture(why == null ? reply : why);
    }
}
