package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the merged catalog introduces itself: under the gateway's name, with what its servers offer.
 *
 * @param name the gateway's name
 * @param version the gateway's version
 */
public record CatalogProfile(String name, String version) {
    /** The member of {@code _meta} that names the servers whose part is missing. */
    static final String UNAVAILABLE = "io.mcpgate/unavailable";

    Payload initializeResult(Call initialize, Offer offer) {
        String asked = initialize.params().string("protocolVersion").orElse("");
        String agreed = ProtocolVersions.LEGACY.contains(asked) ? asked : ProtocolVersions.LEGACY.get(0);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("protocolVersion", agreed);
        result.put("serverInfo", serverInfo());
        return with(offer, result, new LinkedHashMap<>());
    }

    Payload discoverResult(Offer offer) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("resultType", "complete");
        result.put("supportedVersions", List.of(ProtocolVersions.MODERN));
        result.put("ttlMs", 0);
        result.put("cacheScope", "private");
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("io.modelcontextprotocol/serverInfo", serverInfo());
        return with(offer, result, meta);
    }

    private Map<String, String> serverInfo() {
        return Map.of("name", name, "version", version);
    }

    private static Payload with(Offer offer, Map<String, Object> result, Map<String, Object> meta) {
        result.put("capabilities", offer.capabilities());
        if (!offer.instructions().isEmpty()) {
            result.put("instructions", offer.instructions());
        }
        if (!offer.unavailable().isEmpty()) {
            meta.put(UNAVAILABLE, offer.unavailable());
        }
        if (!meta.isEmpty()) {
            result.put("_meta", meta);
        }
        return Payload.of(result);
    }
}
