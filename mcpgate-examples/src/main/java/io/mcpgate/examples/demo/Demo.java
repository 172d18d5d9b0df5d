package io.mcpgate.examples.demo;

import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.ReloadingGate;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.cli.Transports;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.vertx.VertxServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Two agents with different rights work on two real MCP servers through one gate, and every line says what happened. Run by
 * the command in the README's "Try it".
 */
public final class Demo {
    private Demo() {}

    /** Runs the demonstration; leaves nothing behind but what it printed. */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("mcpgate-demo");
        try {
            run(directory);
        } finally {
            delete(directory);
        }
    }

    private static void run(Path directory) throws IOException {
        Path notes = Files.writeString(directory.resolve("notes.txt"), "Call Mr. Smith back on Monday.\n");
        SecureRandom random = new SecureRandom();
        String supportKey = ApiKeys.generate(random);
        String adminKey = ApiKeys.generate(random);
        Path audit = directory.resolve("audit.jsonl");
        GateConfig config = RealServers.startable(GateFile.parse(
                gateYaml(),
                Path.of("gate.yaml"),
                Map.of(
                        "DEMO_DIRECTORY", directory.toString(),
                        "DEMO_AUDIT", audit.toString(),
                        "DEMO_SUPPORT_HASH", ApiKeys.hash(supportKey),
                        "DEMO_ADMIN_HASH", ApiKeys.hash(adminKey))));

        try (Transports transports = new Transports();
                ReloadingGate gate = ReloadingGate.open(config, transports.factories());
                VertxServer server =
                        VertxServer.of(McpEndpoint.over(gate).build()).port(0).build()) {
            server.start().toCompletableFuture().join();
            Say.title("The gate");
            Say.line(
                    "One process governs two MCP servers, \"everything\" and \"files\", for two agents with a key each.");
            Say.line("It listens on http://127.0.0.1:" + server.port() + "/mcp and every call passes these steps:");
            Say.line(gate.gateway().toString());
            agents("http://127.0.0.1:" + server.port(), supportKey, adminKey, notes);
        }
        auditTrail(audit);
    }

    private static byte[] gateYaml() throws IOException {
        try (InputStream file = Demo.class.getResourceAsStream("gate.yaml")) {
            return Objects.requireNonNull(file, "gate.yaml is in this package").readAllBytes();
        }
    }

    private static void agents(String url, String supportKey, String adminKey, Path notes) {
        try (Agent support = Agent.connect(url, "/mcp", supportKey);
                Agent admin = Agent.connect(url, "/mcp", adminKey)) {
            Say.title("Each agent sees only the tools that it may call (merged catalog, /mcp)");
            show("admin-agent  ", admin.tools());
            show("support-agent", support.tools());

            Say.title("An allowed call");
            Say.line("support-agent calls everything__echo    → "
                    + support.call("everything__echo", Map.of("message", "hello")));
            Say.line("support-agent calls files__read_text_file → "
                    + support.call("files__read_text_file", Map.of("path", notes.toString())));

            Say.title("A refused call looks exactly like one of a tool that does not exist");
            Say.line("support-agent calls everything__get-env, which exists → "
                    + support.call("everything__get-env", Map.of()));
            Say.line("admin-agent calls everything__no-such, which does not → "
                    + admin.call("everything__no-such", Map.of()));

            Say.title("A rate limit: 5 calls in 10 seconds to \"everything\", for each agent");
            for (int i = 1; i <= 6; i++) {
                Say.line("support-agent, call " + i + " → "
                        + support.call("everything__get-sum", Map.of("a", i, "b", 1)));
            }
            Say.line("admin-agent has a count of its own → "
                    + admin.call("everything__get-sum", Map.of("a", 1, "b", 1)));
        }
        Say.title("Without a key nobody comes in");
        Say.line(WithoutKey.ask(url + "/mcp"));
    }

    private static void show(String agent, List<String> tools) {
        Say.line(agent + " sees " + tools.size() + ": " + String.join(", ", tools));
    }

    private static void auditTrail(Path audit) throws IOException {
        List<String> lines = Files.readAllLines(audit);
        Say.title("The audit trail: " + lines.size()
                + " lines, one before and one after each call; of these, for example");
        show(lines, "an allowed call, before", "\"attempt\"", "\"tool\":\"echo\"");
        show(lines, "the same, after", "\"outcome\"", "\"tool\":\"echo\"");
        show(lines, "a refused call", "\"refused\"", "\"tool\":\"get-env\"");
        show(lines, "a call over the limit", "\"refused\"", "limit agent-burst");
        show(lines, "a caller without a key", "\"refused\"", "tools/list", "A credential is required");
    }

    private static void show(List<String> lines, String what, String... marks) {
        lines.stream()
                .filter(line -> Stream.of(marks).allMatch(line::contains))
                .findFirst()
                .ifPresent(line -> Say.line(what + ":\n     " + line));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
