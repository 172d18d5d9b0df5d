package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transport context of a call as the server's own code sees it: the host's, and who calls. Nothing that the host has put
 * there stands before what the gateway has found out.
 */
record CallerContext(McpTransportContext provided, Principal principal) implements McpTransportContext {

    /** The host's context with {@code principal} in it. */
    static McpTransportContext of(McpTransportContext provided, Principal principal) {
        return new CallerContext(provided instanceof CallerContext known ? known.provided() : provided, principal);
    }

    /** The host's context that a call has: its own, or for what belongs to another call that one's. */
    static Optional<McpTransportContext> provided(Call call) {
        return call.attribute(McpSdk.TRANSPORT_CONTEXT)
                .or(() -> call.parent().flatMap(parent -> parent.attribute(McpSdk.TRANSPORT_CONTEXT)));
    }

    @Override
    public @Nullable Object get(String key) {
        if (!key.equals(McpSdk.PRINCIPAL)) {
            return provided.get(key);
        }
        return principal.isIdentified() ? principal.id() : null;
    }

    /** Who calls; not what the host has put there. */
    @Override
    public String toString() {
        return "CallerContext[" + principal.id() + "]";
    }
}
