package io.mcpgate.core.config;

import io.mcpgate.Principal;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a configuration file says, validated: nothing in it contradicts itself, and every name in it is defined.
 * {@link GateFile} reads one; {@link #applyTo} says the same to a builder.
 *
 * @param name the gate's name in logs and towards clients of the merged catalog
 * @param listen where HTTP clients find it
 * @param servers the governed servers, in the order of the merged catalog
 * @param principals who may call with an API key
 * @param anonymous who a client without a credential is; {@code null} to refuse it
 * @param stdio who the local user of a stdio pipe is; {@code null} if there is none
 * @param roles what roles allow and deny
 * @param limits limits on calls
 * @param audit where audit events go
 * @param metrics where the program shows its metrics; {@code null} if nowhere
 * @param refusals what a client learns when policy refuses a name
 * @param bounds sizes and times
 */
public record GateConfig(
        String name,
        Listen listen,
        List<ServerConfig> servers,
        List<PrincipalConfig> principals,
        @Nullable AnonymousConfig anonymous,
        @Nullable StdioConfig stdio,
        List<Role> roles,
        List<Limit> limits,
        AuditConfig audit,
        @Nullable MetricsConfig metrics,
        Refusals refusals,
        Bounds bounds) {

    /**
     * Puts a configuration together.
     *
     * @throws ConfigException if it contradicts itself, or uses a name that it does not define
     */
    public GateConfig {
        servers = List.copyOf(servers);
        principals = List.copyOf(principals);
        roles = List.copyOf(roles);
        limits = List.copyOf(limits);
        new Consistency(servers, principals, anonymous, stdio, roles, limits).require(listen, metrics);
    }

    /** The server of that name. */
    public Optional<ServerConfig> server(String serverName) {
        return servers.stream()
                .filter(server -> server.name().equals(serverName))
                .findFirst();
    }

    /** This configuration with a server, in the place of the one of that name if there is one. */
    public GateConfig withServer(ServerConfig server) {
        List<ServerConfig> more = new ArrayList<>(servers);
        more.replaceAll(known -> known.name().equals(server.name()) ? server : known);
        if (!more.contains(server)) {
            more.add(server);
        }
        return new GateConfig(
                name, listen, more, principals, anonymous, stdio, roles, limits, audit, metrics, refusals, bounds);
    }

    /** This configuration with another place for audit events. */
    public GateConfig withAudit(AuditConfig changed) {
        return new GateConfig(
                name, listen, servers, principals, anonymous, stdio, roles, limits, changed, metrics, refusals, bounds);
    }

    /** Whoever is known by that name: a principal, the anonymous one or the local user. */
    public Optional<Principal> principal(String id) {
        return everybody().filter(principal -> principal.id().equals(id)).findFirst();
    }

    /** The principals, the anonymous one and the local user. */
    Stream<Principal> everybody() {
        return Stream.of(
                        principals.stream().map(PrincipalConfig::principal),
                        Stream.ofNullable(anonymous).map(AnonymousConfig::asPrincipal),
                        localUser().stream())
                .flatMap(known -> known);
    }

    /** Who the local user of a stdio pipe is; empty if the file does not say. */
    public Optional<Principal> localUser() {
        return Optional.ofNullable(stdio)
                .map(user -> principals.stream()
                        .filter(known -> known.id().equals(user.principal()))
                        .map(PrincipalConfig::principal)
                        .findFirst()
                        .orElseGet(() ->
                                Principal.of(user.principal(), user.roles().toArray(String[]::new))));
    }

    /** Who stands behind a credential, by this configuration. */
    public ApiKeys authenticator() {
        Map<String, Principal> keys = new HashMap<>();
        principals.forEach(known -> known.keys().forEach(hash -> keys.put(hash, known.principal())));
        return new ApiKeys(keys, anonymous == null ? null : anonymous.asPrincipal());
    }

    /** Who may do what, by this configuration. */
    public RolePolicyStore policies() {
        return new RolePolicyStore(roles);
    }

    /**
     * Says all of this to a builder, except what concerns edges ({@code listen}, {@code stdio}, {@code metrics}). The gateway will own the
     * connectors and the audit sink that are opened here.
     *
     * @param connectors asked in order for each server that is not {@linkplain Destination.Wrapped wrapped}
     * @throws ConfigException if a server cannot be reached by any of them, or the audit file cannot be opened
     */
    public GatewayBuilder applyTo(GatewayBuilder builder, List<ConnectorFactory> connectors) {
        AuditSink sink = audit.open(); // first, as a connector may start its server
        Map<ServerConfig, Connector> opened;
        try {
            opened = Connectors.open(
                    servers.stream().filter(server -> !server.isWrapped()).toList(), connectors);
        } catch (RuntimeException failed) {
            Closing.behind(failed, List.of(sink::close));
            throw failed;
        }
        builder.audit(sink).closeWith(sink::close);
        for (ServerConfig server : servers) {
            Connector connector = opened.get(server);
            if (connector == null) {
                builder.wrapped(server.name());
            } else {
                builder.server(server.name(), connector, server.sharing(), server.pool());
            }
        }
        return settings(builder);
    }

    /** What needs nothing to be opened. */
    GatewayBuilder settings(GatewayBuilder builder) {
        builder.name(name)
                .authenticator(authenticator())
                .policies(policies())
                .json(bounds.json())
                .timeout(bounds.timeout())
                .catalogPatience(bounds.catalogTimeout())
                .drain(bounds.drain());
        limits.forEach(builder::limit);
        timeouts().forEach(builder::timeout);
        if (audit.whenUnavailable() == AuditConfig.WhenUnavailable.CONTINUE) {
            builder.continueWithoutAudit();
        }
        return refusals == Refusals.REVEAL ? builder.revealRefusals() : builder;
    }

    private Map<String, Duration> timeouts() {
        Map<String, Duration> timeouts = new LinkedHashMap<>();
        for (ServerConfig server : servers) {
            Duration own = server.timeout();
            if (own != null) {
                timeouts.put(server.name(), own);
            }
        }
        return timeouts;
    }

    /** The name, and how much there is of what. */
    @Override
    public String toString() {
        return "GateConfig[" + name + ": " + servers.size() + " servers, " + principals.size() + " principals, "
                + roles.size() + " roles, " + limits.size() + " limits]";
    }
}
