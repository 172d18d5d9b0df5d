package io.mcpgate.core.config;

import io.mcpgate.Principal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who a principal is by the configuration that counts: with the roles that it has there, or without any if it is not there any
 * more. Whom no configuration has known, as a host's own authenticator does, stays who it is.
 */
final class Standing implements UnaryOperator<Principal> {
    private final Map<String, Principal> now;
    private final Set<Principal> ever;

    /** By {@code config}, which follows the one of {@code before}. */
    Standing(GateConfig config, @Nullable Standing before) {
        this.now = config.everybody().collect(Collectors.toMap(Principal::id, known -> known, (first, same) -> first));
        this.ever = new HashSet<>(now.values());
        if (before != null) {
            ever.addAll(before.ever);
        }
    }

    @Override
    public Principal apply(Principal known) {
        Principal today = now.get(known.id());
        if (known.equals(today) || !ever.contains(known)) {
            return known;
        }
        return today == null ? Principal.of(known.id()) : today;
    }
}
