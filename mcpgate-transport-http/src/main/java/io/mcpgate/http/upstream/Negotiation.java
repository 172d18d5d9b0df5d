package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The revision that a handshake ended with; requests carry it from then on (2025-06-18, "Protocol Version Header"). */
final class Negotiation {
    private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private volatile @Nullable String version;

    /** Looks at the reply to a call, which may be the handshake. */
    void replied(Call call, Reply reply) {
        if (call.method().equals("initialize") && reply instanceof Reply.Complete complete) {
            version = complete.result()
                    .string("protocolVersion")
                    .filter(text -> VERSION.matcher(text).matches())
                    .orElse(null);
        }
    }

    /** The header that tells it, once there is something to tell. */
    Optional<HttpEngine.Header> header() {
        return Optional.ofNullable(version).map(known -> new HttpEngine.Header("MCP-Protocol-Version", known));
    }
}
