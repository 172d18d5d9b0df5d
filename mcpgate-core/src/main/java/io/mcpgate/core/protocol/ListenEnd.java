package io.mcpgate.core.protocol;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Correlation;
import java.util.Map;

/** How a {@code subscriptions/listen} ends that its server ends (2026-07-28, "Subscriptions"). */
public final class ListenEnd {
    private ListenEnd() {}

    /** The empty result, under the id of the listen. Its client may listen again. */
    public static Reply of(RequestId listen) {
        return Reply.complete(Correlation.subscribed(Payload.of(Map.of("resultType", "complete")), listen));
    }
}
