package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.stage.Closing;
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
    private final Map<RequestId, Received> inFlight = new ConcurrentHashMap<>();
    private final int inFlightMax;

    /** At most {@code inFlightMax} requests at once; further ones are refused. */
    public Incoming(int inFlightMax) {
        this.inFlightMax = inFlightMax;
    }

    /** Handles a call, and holds it until it has its reply. */
    public CompletionStage<Reply> handle(Call call, Function<Call, CompletionStage<Reply>> handler) {
        return call.isNotification()
                ? handler.apply(call)
                : receive(call, handler, CompletableFuture::completedFuture).reply();
    }

    /**
     * Handles a request, and holds it until it has its reply.
     *
     * @param refuser gives the reply to one that is refused
     */
    Received receive(
            Call call,
            Function<Call, CompletionStage<Reply>> handler,
            Function<Reply.Failure, CompletionStage<Reply>> refuser) {
        RequestId id = call.id().orElseThrow();
        Received received = new Received(call);
        if (inFlight.size() >= inFlightMax) {
            received.reply = refuser.apply(Reply.Failure.of(
                    ErrorCode.RATE_LIMITED, "More than " + inFlightMax + " requests are in flight here"));
            return received;
        }
        if (inFlight.putIfAbsent(id, received) != null) {
            received.reply = refuser.apply(
                    Reply.Failure.of(ErrorCode.INVALID_REQUEST, "A request with this id is in flight already"));
            return received;
        }
        received.reply = handler.apply(call).whenComplete((reply, error) -> inFlight.remove(id, received));
        return received;
    }

    /** Whether a request waits for its reply that is more than listening. */
    boolean isServing() {
        return inFlight.values().stream().anyMatch(received -> WithinRequests.mayConcern(received.call));
    }

    /** A request of the other side. */
    static final class Received {
        private final Call call;
        private CompletionStage<Reply> reply = new CompletableFuture<>();
        private volatile boolean withdrawn;

        private Received(Call call) {
            this.call = call;
        }

        CompletionStage<Reply> reply() {
            return reply;
        }

        /** Whether the other side itself has said that it waits for no reply; then none is sent. */
        boolean isWithdrawn() {
            return withdrawn;
        }

        private void withdraw() {
            withdrawn = true;
            call.cancellation().cancel();
        }
    }

    /** Cancels a call of the other side; an unknown id is ignored, as the specification asks. */
    public void cancel(RequestId id) {
        Received received = inFlight.get(id);
        if (received != null && !received.call.method().equals("initialize")) {
            received.withdraw();
        }
    }

    /**
     * The other side is gone: nobody waits for anything. Whoever tells it has more to end, so what a listener of a cancellation
     * throws is logged.
     */
    public void cancelAll() {
        inFlight.values().forEach(received -> Closing.quietly(received::withdraw));
    }
}
