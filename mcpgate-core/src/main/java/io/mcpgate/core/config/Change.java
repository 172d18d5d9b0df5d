package io.mcpgate.core.config;

import io.mcpgate.Principal;
import io.mcpgate.core.policy.Audience;
import io.mcpgate.core.policy.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From one configuration to the next: whose lists may differ, because their roles say something else, or their servers are
 * others. Whom the configuration does not know (a host's own authenticator does) keeps the roles that are known.
 */
record Change(GateConfig before, GateConfig after, Standing standing) implements Audience.Reach {

    @Override
    public Optional<Principal> of(Principal known, Optional<String> server) {
        return Optional.of(standing.apply(known))
                .filter(now -> !rights(before, known).equals(rights(after, now))
                        || !servers(before, server).equals(servers(after, server)));
    }

    private static Set<Role> rights(GateConfig config, Principal principal) {
        return config.roles().stream()
                .filter(role -> principal.roles().contains(role.name()))
                .collect(Collectors.toSet());
    }

    /** In order, as lists of the merged catalog are. */
    private static List<Map.Entry<String, Destination>> servers(GateConfig config, Optional<String> only) {
        return config.servers().stream()
                .filter(server -> only.isEmpty() || only.get().equals(server.name()))
                .map(server -> Map.entry(server.name(), server.destination()))
                .toList();
    }
}
