package io.mcpgate.core.config;

import io.mcpgate.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Somebody who may call, proven by an API key.
 *
 * @param id the name in audit records and limits
 * @param keys hashes of API keys, each as good as the others, so that one can be replaced without a gap
 * @param roles names of roles
 */
public record PrincipalConfig(String id, List<String> keys, List<String> roles) {
    public PrincipalConfig {
        keys = keys.stream().map(hash -> hash.toLowerCase(Locale.ROOT)).toList();
        roles = List.copyOf(roles);
    }

    /** The principal that calls are made by. */
    public Principal principal() {
        return new Principal(id, Set.copyOf(roles), Map.of());
    }
}
