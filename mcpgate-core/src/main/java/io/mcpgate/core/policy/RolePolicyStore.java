package io.mcpgate.core.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mcpgate.Principal;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Policies made of roles. Never changes; a changed configuration is a new store. Roles that nobody defined count nothing. */
public final class RolePolicyStore implements PolicyStore {
    private static final int POLICIES_MAX = 10_000;

    private final Map<String, Role> roles = new HashMap<>();
    private final Cache<Set<String>, CompletionStage<Policy>> policies = Caffeine.newBuilder()
            .maximumSize(POLICIES_MAX)
            .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
            .build();

    public RolePolicyStore(Collection<Role> roles) {
        roles.forEach(role -> this.roles.put(role.name(), role));
    }

    @Override
    public CompletionStage<Policy> policyFor(Principal principal) {
        return policies.get(principal.roles(), this::compile);
    }

    private CompletionStage<Policy> compile(Set<String> names) {
        List<Role> known =
                names.stream().sorted().map(roles::get).filter(Objects::nonNull).toList();
        Policy policy = known.isEmpty() ? Policy.denyAll("the principal has no role here") : new RolePolicy(known);
        return CompletableFuture.completedFuture(policy);
    }
}
