package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.List;
import java.util.Map;

/**
 * How the merged catalog introduces itself. It offers everything that any of its servers may offer; what none of them has
 * is an empty list.
 *
 * @param name the gateway's name
 * @param version the gateway's version
 */
public record CatalogProfile(String name, String version) {
    private static final Map<String, ?> CAPABILITIES = Map.of(
            "tools", Map.of("listChanged", true),
            "prompts", Map.of("listChanged", true),
            "resources", Map.of("listChanged", true, "subscribe", true),
            "completions", Map.of(),
            "logging", Map.of());
    private static final Map<String, ?> MODERN_CAPABILITIES =
            Map.of("tools", Map.of(), "prompts", Map.of(), "resources", Map.of(), "completions", Map.of());

    Payload initializeResult(Call initialize) {
        String asked = initialize.params().string("protocolVersion").orElse("");
        String agreed = ProtocolVersions.LEGACY.contains(asked) ? asked : ProtocolVersions.LEGACY.get(0);
        return Payload.of(Map.of(
                "protocolVersion", agreed,
                "capabilities", CAPABILITIES,
                "serverInfo", Map.of("name", name, "version", version)));
    }

    Payload discoverResult() {
        return Payload.of(Map.of(
                "resultType",
                "complete",
                "supportedVersions",
                List.of(ProtocolVersions.MODERN),
                "capabilities",
                MODERN_CAPABILITIES,
                "ttlMs",
                0,
                "cacheScope",
                "private",
                "_meta",
                Map.of("io.modelcontextprotocol/serverInfo", Map.of("name", name, "version", version))));
    }
}
