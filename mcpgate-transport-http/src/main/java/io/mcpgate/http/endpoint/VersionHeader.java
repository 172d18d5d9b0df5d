package io.mcpgate.http.endpoint;

import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.List;

/** {@code MCP-Protocol-Version}: the revision that a request claims to follow. */
final class VersionHeader {
    static final String NAME = "MCP-Protocol-Version";

    private VersionHeader() {}

    static List<String> of(HttpExchange exchange) {
        return exchange.headers(NAME).stream().map(String::strip).toList();
    }

    static boolean isModern(HttpExchange exchange) {
        for (String version : exchange.headers(NAME)) {
            if (ProtocolVersions.isModern(version.strip())) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is one that legacy requests may carry: a known one, once, or none. */
    static boolean isValidLegacy(HttpExchange exchange) {
        List<String> versions = exchange.headers(NAME);
        return versions.isEmpty()
                || (versions.size() == 1
                        && ProtocolVersions.LEGACY.contains(versions.get(0).strip()));
    }
}
