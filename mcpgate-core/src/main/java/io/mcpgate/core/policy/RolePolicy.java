package io.mcpgate.core.policy;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of all roles of a principal, compiled. */
final class RolePolicy implements Policy {
    private static final Decision NOTHING = Decision.deny("no rule allows it");

    private final List<Rule> allow = new ArrayList<>();
    private final List<Rule> deny = new ArrayList<>();
    private final NamedRules allowed;
    private final NamedRules denied;

    RolePolicy(List<Role> roles) {
        NamedRules.Builder allowing = new NamedRules.Builder();
        NamedRules.Builder denying = new NamedRules.Builder();
        for (Role role : roles) {
            role.allow().forEach(grant -> {
                allow.add(new Rule(role.name(), grant));
                allowing.add(grant, what -> Decision.allow("role " + role.name() + " allows " + what));
            });
            role.deny().forEach(grant -> {
                deny.add(new Rule(role.name(), grant));
                denying.add(grant, what -> Decision.deny("role " + role.name() + " denies " + what));
            });
        }
        this.allowed = allowing.build();
        this.denied = denying.build();
    }

    @Override
    public Decision decide(Access access) {
        return access.target().kind() == Target.Kind.METHOD ? method(access) : named(access);
    }

    /** A deny rule closes a thing by its name, or by the method that would use it. */
    private Decision named(Access access) {
        Target target = access.target();
        GlobIndex.Entry closed = GlobIndex.Entry.earlier(
                denied.find(access.server(), target.kind(), target.name()),
                denied.find(access.server(), Target.Kind.METHOD, access.method()));
        if (closed != null) {
            return closed.decision();
        }
        GlobIndex.Entry open = goesTheUsualWay(access)
                ? allowed.find(access.server(), target.kind(), target.name())
                : allowed.find(access.server(), Target.Kind.METHOD, access.method());
        return open == null ? NOTHING : open.decision();
    }

    /**
     * Names are what a server has: clients use them, and servers tell of them. The other way round no specification knows the
     * method, so it needs a grant of its own.
     */
    private static boolean goesTheUsualWay(Access access) {
        boolean tells = access.method().startsWith("notifications/");
        return tells == (access.direction() == Direction.TO_CLIENT);
    }

    private Decision method(Access access) {
        for (Rule rule : deny) {
            Optional<String> hit = rule.denies(access);
            if (hit.isPresent()) {
                return Decision.deny("role " + rule.role + " denies " + hit.get());
            }
        }
        for (Rule rule : allow) {
            Optional<String> hit = rule.allows(access);
            if (hit.isPresent()) {
                return Decision.allow("role " + rule.role + " allows " + hit.get());
            }
        }
        return NOTHING;
    }

    /** A rule about methods that stand for themselves. */
    private static final class Rule {
        private final String role;
        private final Grant grant;
        private final Globs servers;
        private final Globs methods;

        private Rule(String role, Grant grant) {
            this.role = role;
            this.grant = grant;
            this.servers = new Globs(grant.servers());
            this.methods = new Globs(grant.methods());
        }

        private Optional<String> allows(Access access) {
            if (!servers.matches(access.server())) {
                return Optional.empty();
            }
            String method = access.target().name();
            return Included.in(access.direction(), method)
                            .filter(use -> use.comesWith(grant))
                            .isPresent()
                    ? Optional.of("use of " + access.server())
                    : method(method);
        }

        /** By the method itself, or by the one for which a task was made. */
        private Optional<String> denies(Access access) {
            if (!servers.matches(access.server())) {
                return Optional.empty();
            }
            return method(access.method())
                    .or(() -> method(access.target().name()))
                    .or(() -> everyUse(access));
        }

        /** Where nothing is left to use, what serves only to use it is closed too. */
        private Optional<String> everyUse(Access access) {
            return Included.in(access.direction(), access.target().name())
                            .filter(use -> use.goesWith(grant))
                            .isPresent()
                    ? Optional.of("everything that " + access.target().name() + " is for")
                    : Optional.empty();
        }

        private Optional<String> method(String method) {
            return methods.match(method).map(glob -> "method " + glob);
        }
    }
}
