package io.mcpgate.contract;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.Traffic;
import java.util.Map;

/** Calls of every kind, as a gateway makes them. */
public final class Samples {
    /** Who calls in the samples. */
    public static final Principal ALICE = Principal.of("alice", "support");

    private Samples() {}

    /** A call of a tool of the server {@code crm}. */
    public static Call toolCall(String tool, Session session) {
        return request("tools/call", Map.of("name", tool, "arguments", Map.of()), session);
    }

    /** A request to the server {@code crm}. */
    public static Call request(String method, Map<String, ?> params, Session session) {
        return Call.request(RequestId.of(7), method, Payload.of(params), session)
                .withPrincipal(ALICE)
                .withServer("crm");
    }

    /** A typical message of a kind, in the era that the session speaks. */
    public static Call of(Traffic traffic, Session session) {
        return switch (traffic) {
            case REQUEST_TO_SERVER -> toolCall("search", session);
            case NOTIFICATION_TO_SERVER ->
                Call.notification("notifications/roots/list_changed", Payload.empty(), session)
                        .withPrincipal(ALICE)
                        .withServer("crm");
            case REQUEST_TO_CLIENT ->
                toolCall("search", session)
                        .requestToClient(
                                RequestId.of("s-1"), "sampling/createMessage", Payload.of(Map.of("maxTokens", 10)));
            case NOTIFICATION_TO_CLIENT ->
                toolCall("search", session)
                        .notificationToClient(
                                "notifications/message", Payload.of(Map.of("level", "info", "data", "working")));
        };
    }
}
