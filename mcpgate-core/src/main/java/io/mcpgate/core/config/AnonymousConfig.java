package io.mcpgate.core.config;

import io.mcpgate.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who a client is that shows no credential. Without it such a client is refused.
 *
 * @param principal the name in audit records and limits; all of them share it
 * @param roles names of roles
 * @param exposed whether this is meant although other machines can connect, by themselves or by a proxy
 */
public record AnonymousConfig(String principal, List<String> roles, boolean exposed) {
    public AnonymousConfig {
        roles = List.copyOf(roles);
    }

    /** The principal that calls are made by. */
    public Principal asPrincipal() {
        return new Principal(principal, Set.copyOf(roles), Map.of());
    }
}
