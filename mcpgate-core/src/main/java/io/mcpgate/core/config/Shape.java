package io.mcpgate.core.config;

import java.util.List;

/**
 * The keys of one kind of mapping in the file, in the order in which they are explained. The parser knows no others, and
 * {@code gate.schema.json} has the same ones in its definition of that name.
 */
record Shape(String definition, List<String> keys) {
    static final Shape GATE = of(
            "gate",
            "$schema",
            "name",
            "listen",
            "servers",
            "principals",
            "anonymous",
            "stdio",
            "roles",
            "limits",
            "audit",
            "metrics",
            "refusals",
            "bounds");
    static final Shape LISTEN = of("listen", "address", "port", "path", "allowedHosts", "allowedOrigins");
    static final Shape SERVER = of(
            "server",
            "command",
            "env",
            "inheritEnv",
            "cwd",
            "url",
            "headers",
            "wrapped",
            "share",
            "timeout",
            "connections",
            "idle",
            "connectTimeout",
            "message");
    static final Shape PRINCIPAL = of("principal", "keys", "roles");
    static final Shape ANONYMOUS = of("anonymous", "principal", "roles", "exposed");
    static final Shape STDIO = of("stdio", "principal", "roles");
    static final Shape ROLE = of("role", "allow", "deny");
    static final Shape GRANT = of("grant", "server", "tools", "prompts", "resources", "templates", "methods");
    static final Shape LIMIT = of("limit", "name", "per", "rates", "servers", "tools", "methods");
    static final Shape AUDIT = of("audit", "file", "to", "whenUnavailable");
    static final Shape METRICS = of("metrics", "address", "port", "exposed");
    static final Shape BOUNDS = of(
            "bounds",
            "message",
            "bodies",
            "depth",
            "nameLength",
            "numberLength",
            "objectMembers",
            "timeout",
            "catalogTimeout",
            "drain");

    static final List<Shape> ALL =
            List.of(GATE, LISTEN, SERVER, PRINCIPAL, ANONYMOUS, STDIO, ROLE, GRANT, LIMIT, AUDIT, METRICS, BOUNDS);

    private static Shape of(String definition, String... keys) {
        return new Shape(definition, List.of(keys));
    }
}
