package io.mcpgate.core.policy;

import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules of all roles of a principal, compiled. */
final class RolePolicy implements Policy {

    /**
     * What any grant on a server includes, because nothing can be used without it and it shows nothing by itself: lists
     * are filtered entry by entry.
     */
    private static final Set<String> INCLUDED = Set.of(
            "initialize",
            "notifications/initialized",
            "server/discover",
            "ping",
            "tools/list",
            "prompts/list",
            "resources/list",
            "resources/templates/list",
            "logging/setLevel",
            "notifications/roots/list_changed",
            "notifications/message",
            "notifications/progress",
            "notifications/tools/list_changed",
            "notifications/prompts/list_changed",
            "notifications/resources/list_changed",
            "mcpgate/stream",
            "mcpgate/answer",
            "mcpgate/end");

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
            Optional<String> hit = rule.named(access).or(() -> rule.method(access));
            if (hit.isPresent()) {
                return Decision.deny("role " + rule.role + " denies " + hit.get());
            }
        }
        for (Rule rule : allow) {
            Optional<String> hit = rule.named(access).or(() -> rule.unnamed(access));
            if (hit.isPresent()) {
                return Decision.allow("role " + rule.role + " allows " + hit.get());
            }
        }
        return Decision.deny("no rule allows it");
    }

    private static final class Rule {
        private final String role;
        private final Globs servers;
        private final Globs tools;
        private final Globs prompts;
        private final Globs resources;
        private final Globs templates;
        private final Globs methods;

        private Rule(String role, Grant grant) {
            this.role = role;
            this.servers = new Globs(grant.servers());
            this.tools = new Globs(grant.tools());
            this.prompts = new Globs(grant.prompts());
            this.resources = new Globs(grant.resources());
            this.templates = new Globs(grant.templates());
            this.methods = new Globs(grant.methods());
        }

        private Optional<String> named(Access access) {
            String name = access.target().name();
            if (access.target().kind() == Target.Kind.METHOD || !servers.matches(access.server())) {
                return Optional.empty();
            }
            return switch (access.target().kind()) {
                case TOOL -> tools.match(name).map(glob -> "tool " + glob);
                case PROMPT -> prompts.match(name).map(glob -> "prompt " + glob);
                case RESOURCE -> resources.match(name).map(glob -> "resource " + glob);
                case TEMPLATE -> templates.match(name).map(glob -> "template " + glob);
                case METHOD -> Optional.empty();
            };
        }

        private Optional<String> unnamed(Access access) {
            if (access.target().kind() != Target.Kind.METHOD || !servers.matches(access.server())) {
                return Optional.empty();
            }
            return INCLUDED.contains(access.method()) ? Optional.of("use of " + access.server()) : method(access);
        }

        private Optional<String> method(Access access) {
            return servers.matches(access.server())
                    ? methods.match(access.method()).map(glob -> "method " + glob)
                    : Optional.empty();
        }
    }
}
