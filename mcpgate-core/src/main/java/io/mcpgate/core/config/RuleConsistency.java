package io.mcpgate.core.config;

import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.catalog.CatalogNames.Own;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.policy.Globs;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether rules and limits can ever meet a call. One that cannot closes or counts nothing, which nobody would notice.
 * Patterns are not repeated: they may have come out of the environment.
 */
final class RuleConsistency {
    /** What begins so no client asks of a server. */
    private static final List<String> NEVER_OF_CLIENTS =
            List.of("sampling/", "elicitation/", "roots/", "notifications/");

    private final List<ConfigProblem> found = new ArrayList<>();
    private final Set<String> servers;
    private final CatalogNames catalog;

    RuleConsistency(Set<String> servers) {
        this.servers = servers;
        this.catalog = new CatalogNames(servers);
    }

    List<ConfigProblem> problems(List<Role> roles, List<Limit> limits) {
        for (Role role : roles) {
            grants(Consistency.at("roles", role.name()) + ".allow", role.allow());
            grants(Consistency.at("roles", role.name()) + ".deny", role.deny());
        }
        for (int i = 0; i < limits.size(); i++) {
            limit("limits[" + i + "]", limits.get(i));
        }
        return List.copyOf(found);
    }

    private void grants(String path, List<Grant> grants) {
        for (int i = 0; i < grants.size(); i++) {
            grant(path + "[" + i + "]", grants.get(i));
        }
    }

    private void grant(String path, Grant grant) {
        serversAreThere(path + ".server", grant.servers());
        areOwnNames(path + ".tools", grant.tools(), "server");
        areOwnNames(path + ".prompts", grant.prompts(), "server");
        areOwnUris(path + ".resources", grant.resources());
        areOwnUris(path + ".templates", grant.templates());
    }

    private void limit(String path, Limit limit) {
        serversAreThere(path + ".servers", limit.servers());
        areOwnNames(path + ".tools", limit.tools(), "servers");
        toolCallsCount(path + ".methods", limit);
        areRequestsOfClients(path + ".methods", limit.methods());
    }

    private void toolCallsCount(String path, Limit limit) {
        boolean ofTools =
                !limit.tools().isEmpty() || limit.per() == Limit.Per.TOOL || limit.per() == Limit.Per.PRINCIPAL_TOOL;
        if (ofTools && !new Globs(limit.methods()).matches("tools/call")) {
            add(
                    path,
                    "tools or per says that only tool calls count, and methods leaves tools/call out; remove one of"
                            + " them, or nothing counts");
        }
    }

    private void areRequestsOfClients(String path, List<String> methods) {
        for (int i = 0; i < methods.size(); i++) {
            String method = methods.get(i);
            if (NEVER_OF_CLIENTS.stream().anyMatch(method::startsWith)) {
                add(
                        path + "[" + i + "]",
                        "never counts: limits count requests of clients, not what servers ask of them, nor notifications;"
                                + " remove it, and close it by a deny rule with methods if nobody may do it");
            }
        }
    }

    /** Unless there are none at all: then the server is named on the command line. */
    private void serversAreThere(String path, List<String> named) {
        if (servers.isEmpty()) {
            return;
        }
        for (String name : named) {
            if (servers.stream().noneMatch(new Globs(List.of(name))::matches)) {
                add(path, "there is no such server" + Nearest.suggestion(name.replace("*", ""), servers));
            }
        }
    }

    private void areOwnNames(String path, List<String> patterns, String key) {
        areOwn(path, patterns, catalog::ownName, "__", key);
    }

    private void areOwnUris(String path, List<String> patterns) {
        areOwn(path, patterns, catalog::ownUri, "+", "server");
    }

    /**
     * Rules see a call after the catalog's prefix has been taken off. A server's own names may begin like that, too, but a
     * rule that was copied from a catalog looks the same, so whoever means them has to say so.
     */
    private void areOwn(
            String path, List<String> patterns, Function<String, Optional<Own>> own, String separator, String key) {
        for (int i = 0; i < patterns.size(); i++) {
            String at = path + "[" + i + "]";
            own.apply(patterns.get(i)).map(Own::server).ifPresent(server -> {
                String prefix = "\"" + server + separator + "\"";
                add(
                        at,
                        "has " + prefix
                                + " in front, as in the merged catalog, and rules use a server's own names; leave "
                                + prefix + " out and say " + key + ": [" + server + "], or write * before it if the"
                                + " server's own names begin so");
            });
        }
    }

    private void add(String path, String message) {
        found.add(new ConfigProblem(path, 0, message));
    }
}
