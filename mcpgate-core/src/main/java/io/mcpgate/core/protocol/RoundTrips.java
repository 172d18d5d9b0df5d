package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import java.util.Set;

/** Which requests may be answered by what the server wants to know first (2026-07-28, "Multi Round-Trip Requests"). */
public final class RoundTrips {
    private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");

    private RoundTrips() {}

    /** Whether a request of this method may be. */
    public static boolean mayAsk(String method) {
        return MAY_ASK.contains(method);
    }

    /** Whether this request may be: its client must speak a revision that has such answers, too. */
    public static boolean mayAsk(Call call) {
        return call.session().isModern() && mayAsk(call.method());
    }
}
