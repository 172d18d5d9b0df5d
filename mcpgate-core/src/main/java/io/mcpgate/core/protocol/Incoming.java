package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The requests that the other side of one connection has in flight: refuses an id that is used twice at once, and finds
 * the call that a {@code notifications/cancelled} means. Safe for use by many threads.
 */
public final class Incoming {
    private final Map<RequestId, Call> inFlight = new ConcurrentHashMap<>();
    private final int inFlightMax;

    /** At most {@code inFlightMax} requests at once; further ones are refused. */
    public Incoming(int inFlightMax) {
        this.inFlightMax = inFlightMax;
    }

    /** Handles a call, and holds it until it has its reply. */
    public CompletionStage<Reply> handle(Call call, Function<Call, CompletionStage<Reply>> handler) {
        if (call.isNotification()) {
            return handler.apply(call);
        }
        RequestId id = call.id().orElseThrow();
        if (inFlight.size() >= inFlightMax) {
            return refuse(ErrorCode.RATE_LIMITED, "More than " + inFlightMax + " requests are in flight here");
        }
        if (inFlight.putIfAbsent(id, call) != null) {
            return refuse(ErrorCode.INVALID_REQUEST, "A request with this id is in flight already");
        }
        return handler.apply(call).whenComplete((reply, error) -> inFlight.remove(id, call));
    }

    private static CompletionStage<Reply> refuse(ErrorCode kind, String message) {
        return CompletableFuture.completedFuture(Reply.failure(kind, message));
    }

    /** Cancels a call of the other side; an unknown id is ignored, as the specification asks. */
    public void cancel(RequestId id) {
        Call call = inFlight.get(id);
        if (call != null && !call.method().equals("initialize")) {
            call.cancellation().cancel();
        }
    }

    /** The other side is gone: nobody waits for anything. */
    public void cancelAll() {
        inFlight.values().forEach(call -> call.cancellation().cancel());
    }
}
