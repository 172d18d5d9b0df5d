package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Correlation;
import java.util.Set;

/**
 * What a server may send to a client of 2026-07-28, which has neither a session nor a general stream: notifications that
 * belong to one of the client's requests, and no requests (2026-07-28, "Subscriptions").
 */
public final class WithinRequests {
    private static final String LISTEN = "subscriptions/listen";

    /** Told to those who listen, like what {@link Duplex#concernsNoCall} names. */
    private static final Set<String> ONLY_LISTENED_FOR =
            Set.of("notifications/subscriptions/acknowledged", "notifications/tasks");

    private WithinRequests() {}

    /** The answer to a request of a server: it asks within its result. */
    public static Reply askedOtherwise() {
        return Reply.failure(ErrorCode.METHOD_NOT_FOUND, "This client takes no requests, only input_required");
    }

    /**
     * Whether a notification belongs to the request that is its {@linkplain Call#parent() parent}: on the stream of a listen,
     * if it says so itself, and on any other, if it is nothing to be listened for.
     */
    public static boolean isTold(Call notification) {
        return notification
                .parent()
                .filter(request -> request.method().equals(LISTEN) ? isTagged(notification) : isOfACall(notification))
                .isPresent();
    }

    private static boolean isTagged(Call notification) {
        return Correlation.subscription(notification.params()).isPresent();
    }

    /** Whether a notification may be about a call that goes on, if its method is all that is known. */
    public static boolean isOfACall(Call notification) {
        return !Duplex.concernsNoCall(notification.method()) && !ONLY_LISTENED_FOR.contains(notification.method());
    }

    /** Whether such a notification may be about this request. */
    public static boolean mayConcern(Call request) {
        return !request.method().equals(LISTEN);
    }
}
