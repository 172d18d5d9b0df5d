package io.mcpgate.examples.cli;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.config.AuditConfig;
import io.mcpgate.core.config.ConfigException;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.ServerConfig;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mcpgate check}: whether a configuration is right, and what it means. */
@Command(
        name = "check",
        description = {
            "Reads a configuration and says everything that is wrong in it; or else what it means: the steps that each"
                    + " call passes, and what each principal may do.",
            "",
            "Starts nothing and connects to nothing. Needs the same environment variables as the gate itself; their values"
                    + " are not shown."
        },
        footer = {"Example:", "  mcpgate check --config gate.yaml"})
final class Check implements Callable<Integer> {
    @Mixin
    private final ConfigFile file = new ConfigFile();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        GateConfig config = file.read();
        requireAuditDirectory(config.audit());
        String steps = steps(config);
        PrintWriter out = spec.commandLine().getOut();
        out.println(file.path() + " is right.");
        out.println();
        out.println(steps);
        servers(config, out);
        everybody(config).forEach(principal -> summary(principal, config, out));
        out.flush();
        return 0;
    }

    private static void requireAuditDirectory(AuditConfig audit) {
        Path path = audit.file();
        Path directory = path == null ? null : path.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new ConfigException("audit.file", "its directory does not exist; make it before the start");
        }
    }

    /** Builds the gateway as it will be, but for the audit file, which a look should not make. */
    private static String steps(GateConfig config) {
        if (config.servers().isEmpty()) {
            return "There are no servers: for \"mcpgate wrap\", which is told the server's command.";
        }
        AuditConfig nowhere =
                new AuditConfig(AuditConfig.To.MEMORY, null, config.audit().whenUnavailable());
        try (Transports transports = new Transports();
                Gateway gateway = config.withAudit(nowhere)
                        .applyTo(Gateway.builder(), transports.factories())
                        .build()) {
            return gateway.toString();
        }
    }

    private static void servers(GateConfig config, PrintWriter out) {
        for (ServerConfig server : config.servers()) {
            out.println("  " + server.name() + ": " + server.destination());
        }
        for (Limit limit : config.limits()) {
            String rates = limit.rates().stream().map(Check::words).collect(Collectors.joining(", "));
            out.println("  limit " + limit.name() + ": " + rates + " per " + lower(limit.per()));
        }
    }

    private static String words(Rate rate) {
        return rate.calls() + " in "
                + rate.period().toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Set<Principal> everybody(GateConfig config) {
        Set<Principal> everybody = new LinkedHashSet<>();
        config.principals().forEach(known -> everybody.add(known.principal()));
        Stream.ofNullable(config.anonymous()).forEach(anonymous -> everybody.add(anonymous.asPrincipal()));
        config.localUser().ifPresent(everybody::add);
        return everybody;
    }

    private static void summary(Principal principal, GateConfig config, PrintWriter out) {
        List<Role> roles = config.roles().stream()
                .filter(role -> principal.roles().contains(role.name()))
                .toList();
        out.println();
        out.println(principal.id() + how(principal, config) + ":");
        if (roles.stream().allMatch(role -> role.allow().isEmpty())) {
            out.println("  may do nothing");
        }
        roles.forEach(role -> {
            role.allow().forEach(grant -> out.println("  may      " + words(grant) + "  (" + role.name() + ")"));
            role.deny().forEach(grant -> out.println("  must not " + words(grant) + "  (" + role.name() + ")"));
        });
    }

    private static String how(Principal principal, GateConfig config) {
        List<String> ways = new ArrayList<>();
        config.principals().stream()
                .filter(known -> known.id().equals(principal.id()))
                .forEach(known -> ways.add(
                        known.keys().size() == 1 ? "1 key" : known.keys().size() + " keys"));
        Stream.ofNullable(config.anonymous())
                .filter(anonymous -> anonymous.principal().equals(principal.id()))
                .forEach(anonymous -> ways.add("whoever shows no credential"));
        config.localUser().filter(user -> user.id().equals(principal.id())).ifPresent(user -> ways.add("local user"));
        return " (" + String.join(", ", ways) + ")";
    }

    private static String words(Grant grant) {
        List<String> parts = new ArrayList<>();
        part(parts, "tools", grant.tools());
        part(parts, "prompts", grant.prompts());
        part(parts, "resources", grant.resources());
        part(parts, "templates", grant.templates());
        part(parts, "methods", grant.methods());
        String where = grant.servers().equals(List.of("*")) ? "any server" : String.join(", ", grant.servers());
        return "on " + where + ": " + String.join("; ", parts);
    }

    private static void part(List<String> parts, String kind, List<String> globs) {
        if (!globs.isEmpty()) {
            parts.add(kind + " " + String.join(", ", globs));
        }
    }
}
