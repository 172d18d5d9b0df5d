package io.mcpgate.core.config;

import io.mcpgate.core.json.JsonLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sections of the tree → the configuration. What is wrong is noted; then what comes out must not be used. */
final class GateReader {
    private static final int BOUND_MAX = 100_000_000;
    private static final int DEPTH_MAX = 1_000; // deeper is deeper than the stacks of most other readers

    private final Context context;

    GateReader(Context context) {
        this.context = context;
    }

    /** @throws ConfigException if the sections contradict each other; its paths have no lines yet */
    GateConfig read(Node root) {
        Fields gate = new Fields(root, Shape.GATE, context);
        gate.string("$schema"); // for editors
        return new GateConfig(
                gate.string("name", Checks.NAME, "mcpgate"),
                listen(gate.section("listen", Shape.LISTEN)),
                servers(gate.entries("servers")),
                principals(gate.entries("principals")),
                anonymous(gate.section("anonymous", Shape.ANONYMOUS)),
                stdio(gate.section("stdio", Shape.STDIO)),
                new RoleReader(context).roles(gate.entries("roles")),
                new LimitReader(context).limits(gate.items("limits")),
                audit(gate.section("audit", Shape.AUDIT)),
                metrics(gate.section("metrics", Shape.METRICS)),
                gate.choice("refusals", List.of(Refusals.values()), Refusals.CONCEAL),
                bounds(gate.section("bounds", Shape.BOUNDS)));
    }

    private static Listen listen(@Nullable Fields listen) {
        Listen standard = Listen.DEFAULT;
        if (listen == null) {
            return standard;
        }
        return new Listen(
                listen.string("address", Checks.ADDRESS, standard.address()),
                listen.integer("port", 0, 65_535, standard.port()),
                listen.string("path", Checks.LISTEN_PATH, standard.path()),
                listen.strings("allowedHosts", Checks.HOST),
                listen.strings("allowedOrigins", Checks.ORIGIN));
    }

    private List<ServerConfig> servers(Map<String, Node> entries) {
        List<ServerConfig> servers = new ArrayList<>();
        entries.forEach((name, node) -> {
            if (isNamed(Checks.SERVER_NAME, name, node)) {
                servers.add(new ServerReader(name, new Fields(node, Shape.SERVER, context), context).read());
            }
        });
        return servers;
    }

    private List<PrincipalConfig> principals(Map<String, Node> entries) {
        List<PrincipalConfig> principals = new ArrayList<>();
        entries.forEach((id, node) -> {
            isNamed(Checks.NAME, id, node);
            Fields principal = new Fields(node, Shape.PRINCIPAL, context);
            principals.add(new PrincipalConfig(id, principal.strings("keys", Checks.HASH), roles(principal)));
        });
        return principals;
    }

    private boolean isNamed(Check form, String name, Node node) {
        String offence = form.offence(name);
        if (offence != null) {
            context.problem(node, offence);
        }
        return offence == null;
    }

    private static @Nullable AnonymousConfig anonymous(@Nullable Fields anonymous) {
        if (anonymous == null) {
            return null;
        }
        String principal = anonymous.string("principal", Checks.NAME, "anonymous");
        return new AnonymousConfig(principal, roles(anonymous), anonymous.flag("exposed"));
    }

    private static @Nullable StdioConfig stdio(@Nullable Fields stdio) {
        if (stdio == null) {
            return null;
        }
        if (!stdio.has("principal")) {
            stdio.problem("principal", "needs \"principal\"; say who the local user is");
        }
        List<String> roles = roles(stdio);
        String principal = stdio.string("principal", Checks.NAME, "");
        return principal.isEmpty() ? null : new StdioConfig(principal, roles);
    }

    private static List<String> roles(Fields someone) {
        return someone.strings("roles", Checks.NAME);
    }

    private AuditConfig audit(@Nullable Fields audit) {
        if (audit == null) {
            return AuditConfig.DEFAULT;
        }
        AuditConfig.WhenUnavailable whenUnavailable = audit.choice(
                "whenUnavailable",
                List.of(AuditConfig.WhenUnavailable.values()),
                AuditConfig.DEFAULT.whenUnavailable());
        AuditConfig.To to =
                audit.choice("to", List.of(AuditConfig.To.STDERR, AuditConfig.To.MEMORY), AuditConfig.DEFAULT.to());
        if (audit.has("file") && audit.has("to")) {
            audit.problem("to", "audit.file and audit.to both say where events go; remove one of them");
        }
        var file = context.path(audit, "file");
        return file == null
                ? new AuditConfig(to, null, whenUnavailable)
                : new AuditConfig(AuditConfig.To.FILE, file, whenUnavailable);
    }

    private static @Nullable MetricsConfig metrics(@Nullable Fields metrics) {
        MetricsConfig standard = MetricsConfig.DEFAULT;
        return metrics == null
                ? null
                : new MetricsConfig(
                        metrics.string("address", Checks.ADDRESS, standard.address()),
                        metrics.integer("port", 0, 65_535, standard.port()),
                        metrics.flag("exposed"));
    }

    private static Bounds bounds(@Nullable Fields bounds) {
        Bounds standard = Bounds.DEFAULT;
        if (bounds == null) {
            return standard;
        }
        JsonLimits json = json(bounds, standard.json());
        return new Bounds(
                json,
                bodyBytes(bounds, json.messageBytes()),
                bounds.duration("timeout", standard.timeout()),
                bounds.duration("catalogTimeout", standard.catalogTimeout()),
                bounds.duration("drain", standard.drain()));
    }

    private static @Nullable Integer bodyBytes(Fields bounds, int messageBytes) {
        Integer bytes = bounds.size("bodies");
        if (bytes != null && bytes < messageBytes && !bounds.isBroken("message")) {
            bounds.problem("bodies", "is less than one message may have by bounds.message; write at least as much");
        }
        return bytes;
    }

    private static JsonLimits json(Fields bounds, JsonLimits standard) {
        return new JsonLimits(
                bounds.size("message", standard.messageBytes()),
                bounds.integer("depth", 1, DEPTH_MAX, standard.depth()),
                bounds.integer("nameLength", 1, BOUND_MAX, standard.nameLength()),
                bounds.integer("numberLength", 1, BOUND_MAX, standard.numberLength()),
                bounds.integer("objectMembers", 1, BOUND_MAX, standard.objectMembers()));
    }
}
