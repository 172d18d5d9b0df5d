package io.mcpgate.core.config;

import java.util.List;

/**
 * Who the local user is, when a program starts the gate and talks to it over stdin and stdout.
 *
 * @param principal one of the principals; or, with roles, a name of its own
 * @param roles names of roles; empty for those of the principal
 */
public record StdioConfig(String principal, List<String> roles) {
    public StdioConfig {
        roles = List.copyOf(roles);
    }
}
