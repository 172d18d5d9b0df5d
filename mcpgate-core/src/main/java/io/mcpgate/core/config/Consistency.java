package io.mcpgate.core.config;

import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.policy.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether the parts of a configuration fit together. Each contradiction is one sentence that names both options. Names
 * that the file refers to are not repeated: they may have come out of the environment.
 */
final class Consistency {
    private final List<ConfigProblem> found = new ArrayList<>();
    private final List<PrincipalConfig> principals;
    private final @Nullable AnonymousConfig anonymous;
    private final @Nullable StdioConfig stdio;
    private final List<Role> roles;
    private final List<Limit> limits;
    private final Set<String> servers;
    private final Set<String> principalIds;
    private final Set<String> roleNames;

    Consistency(
            List<ServerConfig> servers,
            List<PrincipalConfig> principals,
            @Nullable AnonymousConfig anonymous,
            @Nullable StdioConfig stdio,
            List<Role> roles,
            List<Limit> limits) {
        this.principals = principals;
        this.anonymous = anonymous;
        this.stdio = stdio;
        this.roles = roles;
        this.limits = limits;
        this.servers = names("servers", servers, ServerConfig::name);
        this.principalIds = names("principals", principals, PrincipalConfig::id);
        this.roleNames = names("roles", roles, Role::name);
        names("limits", limits, Limit::name);
    }

    /** @throws ConfigException if they do not */
    void require(Listen listen, @Nullable MetricsConfig metrics) {
        someoneMayCall();
        keysAreDistinct();
        principals.forEach(principal -> known(at("principals", principal.id()) + ".roles", principal.roles()));
        anonymousIsMeant(listen);
        metricsAreMeant(listen, metrics);
        localUserIsKnown();
        found.addAll(new RuleConsistency(servers).problems(roles, limits));
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }

    private <T> Set<String> names(String section, List<T> entries, Function<T, String> name) {
        Set<String> names = new LinkedHashSet<>();
        for (T entry : entries) {
            if (!names.add(name.apply(entry))) {
                add(section, "two of them have the same name; rename one");
            }
        }
        return names;
    }

    private void someoneMayCall() {
        if (principals.isEmpty() && anonymous == null && stdio == null) {
            add("principals", "nobody may call; name principals with keys, or stdio, or anonymous if that is meant");
        }
    }

    private void keysAreDistinct() {
        Map<String, String> owners = new HashMap<>();
        for (PrincipalConfig principal : principals) {
            if (principal.keys().isEmpty()) {
                add(
                        at("principals", principal.id()) + ".keys",
                        "there is no key, so nobody can be this principal; add the hash that \"mcpgate key\" prints,"
                                + " or name a local user in stdio, with roles of its own");
            }
            for (int i = 0; i < principal.keys().size(); i++) {
                String other = owners.put(principal.keys().get(i), principal.id());
                if (other != null) {
                    add(
                            at("principals", principal.id()) + ".keys[" + i + "]",
                            "this key is also in principals." + other + ".keys; make one of its own for each");
                }
            }
        }
    }

    private void anonymousIsMeant(Listen listen) {
        if (anonymous == null) {
            return;
        }
        known("anonymous.roles", anonymous.roles());
        if (principalIds.contains(anonymous.principal())) {
            add(
                    "anonymous.principal",
                    "a client without a credential would be one of the principals, who have keys; use another name here,"
                            + " or remove it from principals");
        }
        if (anonymous.exposed()) {
            return;
        }
        if (!listen.isLoopback()) {
            add(
                    "anonymous",
                    "listen.address lets other machines in, and anonymous lets them call without a credential; listen on"
                            + " 127.0.0.1, or say exposed: true here if that is meant");
        } else if (listen.hasHostOfOthers()) {
            add(
                    "anonymous",
                    "listen.allowedHosts has a name by which other machines come in, e.g. by a proxy, and anonymous lets"
                            + " them call without a credential; remove that name, or say exposed: true here if that is"
                            + " meant");
        }
    }

    private void metricsAreMeant(Listen listen, @Nullable MetricsConfig metrics) {
        if (metrics == null) {
            return;
        }
        if (!metrics.isLoopback() && !metrics.exposed()) {
            add(
                    "metrics",
                    "metrics.address lets other machines in, and whoever connects sees all metrics; use 127.0.0.1, or say"
                            + " exposed: true here if that is meant");
        }
        if (metrics.port() != 0 && metrics.port() == listen.port()) {
            add(
                    "metrics.port",
                    "is the port of listen; use another one, so that each can be closed to whom it is not for");
        }
    }

    private void localUserIsKnown() {
        if (stdio == null) {
            return;
        }
        known("stdio.roles", stdio.roles());
        boolean principal = principalIds.contains(stdio.principal());
        if (principal && !stdio.roles().isEmpty()) {
            add(
                    "stdio.roles",
                    "stdio.principal is one of the principals, so principals and stdio.roles both say what the local user may do;"
                            + " remove stdio.roles, or use another name");
        }
        if (!principal && stdio.roles().isEmpty()) {
            add(
                    "stdio.principal",
                    "there is no such principal; name one that is defined, or give this one roles here"
                            + Nearest.suggestion(stdio.principal(), principalIds));
        }
    }

    private void known(String path, List<String> named) {
        for (int i = 0; i < named.size(); i++) {
            if (!roleNames.contains(named.get(i))) {
                add(
                        path + "[" + i + "]",
                        "there is no such role; define it in roles" + Nearest.suggestion(named.get(i), roleNames));
            }
        }
    }

    static String at(String section, String name) {
        return new Place(section, 0, 0).member(name);
    }

    private void add(String path, String message) {
        found.add(new ConfigProblem(path, 0, message));
    }
}
