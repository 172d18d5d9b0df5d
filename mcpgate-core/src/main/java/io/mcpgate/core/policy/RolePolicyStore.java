package io.mcpgate.core.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mcpgate.Principal;
import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
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
    private static final int DECISIONS_MAX = 100_000; // about methods, of all policies together
    private static final int REMEMBERED_LENGTH_MAX = 128; // of a method; those of the specification have 40 at the most

    private final Map<String, Role> roles = new HashMap<>();
    private final Cache<Set<String>, CompletionStage<Policy>> policies = Caffeine.newBuilder()
            .maximumSize(POLICIES_MAX)
            .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
            .build();

    private final Cache<Question, Decision> decisions = Caffeine.newBuilder()
            .maximumSize(DECISIONS_MAX)
            .executor(Runnable::run)
            .build();

    /** What was asked of whose rules: policies are the same only if they are one. */
    private record Question(RolePolicy policy, Access access) {}

    /**
     * Rules do not change, so neither does what they say of a method. What they say of a name is found as fast as it could be
     * remembered, and names are as many as servers like.
     */
    private record Remembering(RolePolicy policy, Cache<Question, Decision> decisions) implements Policy {
        @Override
        public Decision decide(Access access) {
            return isRemembered(access)
                    ? decisions.get(new Question(policy, access), question -> policy.decide(access))
                    : policy.decide(access);
        }

        /** A method may be asked for on account of another one, and either may be a client's invention. */
        private static boolean isRemembered(Access access) {
            return access.target().kind() == Target.Kind.METHOD
                    && access.method().length() <= REMEMBERED_LENGTH_MAX
                    && access.target().name().length() <= REMEMBERED_LENGTH_MAX;
        }
    }

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
        Policy policy = known.isEmpty()
                ? Policy.denyAll("the principal has no role here")
                : new Remembering(new RolePolicy(known), decisions);
        return CompletableFuture.completedFuture(policy);
    }
}
