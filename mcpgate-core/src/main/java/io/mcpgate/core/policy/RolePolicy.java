package io.mcpgate.core.policy;

import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of all roles of a principal, compiled. */
final class RolePolicy implements Policy {
    private final List<Rule> allow = new ArrayList<>();
    private final List<Rule> deny = new ArrayList<>();

    RolePolicy(List<Role> roles) {
        for (Role role : roles) {
            role.allow().forEach(grant -> allow.add(new Rule(role.name(), grant)));
            role.deny().forEach(grant -> deny.add(new Rule(role.name(), grant)));
        }
    }

    @Override
    public Decision decide(Access access) {
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
        return Decision.deny("no rule allows it");
    }

    private static final class Rule {
        private final String role;
        private final Grant grant;
        private final Globs servers;
        private final Globs tools;
        private final Globs prompts;
        private final Globs resources;
        private final Globs templates;
        private final Globs methods;

        private Rule(String role, Grant grant) {
            this.role = role;
            this.grant = grant;
            this.servers = new Globs(grant.servers());
            this.tools = new Globs(grant.tools());
            this.prompts = new Globs(grant.prompts());
            this.resources = new Globs(grant.resources());
            this.templates = new Globs(grant.templates());
            this.methods = new Globs(grant.methods());
        }

        private Optional<String> allows(Access access) {
            if (!servers.matches(access.server())) {
                return Optional.empty();
            }
            if (access.target().kind() != Target.Kind.METHOD) {
                return named(access.target());
            }
            String method = access.target().name();
            return Included.in(access.direction(), method)
                            .filter(use -> use.comesWith(grant))
                            .isPresent()
                    ? Optional.of("use of " + access.server())
                    : method(method);
        }

        private Optional<String> denies(Access access) {
            if (!servers.matches(access.server())) {
                return Optional.empty();
            }
            return named(access.target())
                    .or(() -> method(access.method()))
                    .or(() -> method(access.target()))
                    .or(() -> everyUse(access));
        }

        /** Where nothing is left to use, what serves only to use it is closed too. */
        private Optional<String> everyUse(Access access) {
            return access.target().kind() == Target.Kind.METHOD
                            && Included.in(access.direction(), access.target().name())
                                    .filter(use -> use.goesWith(grant))
                                    .isPresent()
                    ? Optional.of("everything that " + access.target().name() + " is for")
                    : Optional.empty();
        }

        private Optional<String> named(Target target) {
            String name = target.name();
            return switch (target.kind()) {
                case TOOL -> tools.match(name).map(glob -> "tool " + glob);
                case PROMPT -> prompts.match(name).map(glob -> "prompt " + glob);
                case RESOURCE -> resources.match(name).map(glob -> "resource " + glob);
                case TEMPLATE -> templates.match(name).map(glob -> "template " + glob);
                case METHOD -> Optional.empty();
            };
        }

        /** A method that stands for itself, or the one for which a task was made. */
        private Optional<String> method(Target target) {
            return target.kind() == Target.Kind.METHOD ? method(target.name()) : Optional.empty();
        }

        private Optional<String> method(String method) {
            return methods.match(method).map(glob -> "method " + glob);
        }
    }
}
