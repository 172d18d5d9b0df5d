package io.mcpgate.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.LoggerFactory;

/**
 * Real MCP software on Node to test against: clients and servers of the official TypeScript SDKs, and the reference servers.
 *
 * <p>A test class calls {@link #assumeNode()} first. Whatever is needed is then installed once per build, from {@code
 * src/test/node} into {@code target/node}; several JVMs may ask at the same time.
 *
 * <pre>{@code
 * try (NodeProcess server = NodeFixtures.start(NodeFixtures.fixtureServerHttp())) {
 *     Report report = NodeFixtures.run(Client.TS2_MODERN, Target.http(server.endpoint()), "[{'op':'listTools'}]");
 *     assertThat(report.value(0).path("tools")).isNotEmpty();
 * }
 * }</pre>
 *
 * <p>What the clients can be told is described in {@code client.mjs}, what the fixture server offers in {@code
 * server-ts2.mjs}.
 */
public final class NodeFixtures {
    /** For a client's whole run, unless the caller says otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Names the file of {@link #memory()} in its environment; without it the server writes beside its own program. */
    public static final String MEMORY_FILE = "MEMORY_FILE_PATH";

    private static final int NODE_MAJOR_MIN_OF_CONFORMANCE = 22;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final NodeInstallation FIXTURES = new NodeInstallation("node");
    private static final NodeInstallation CONFORMANCE = new NodeInstallation("conformance");
    private static final NodeInstallation PROXIES = new NodeInstallation("proxies");

    /** By script. They end with this JVM, whose end they see at their standard input. */
    private static final Map<String, ClientPool> CLIENTS = new ConcurrentHashMap<>();

    /** Which client speaks. */
    public enum Client {
        /** {@code @modelcontextprotocol/sdk} 1.x: legacy only. */
        TS1("client-ts1.mjs"),
        /** {@code @modelcontextprotocol/client} 2.x as it is without options: legacy only. */
        TS2_LEGACY("client-ts2.mjs", "--era", "legacy"),
        /** The same, pinned to 2026-07-28. */
        TS2_MODERN("client-ts2.mjs", "--era", "modern"),
        /** The same, asking with server/discover and falling back to initialize. */
        TS2_AUTO("client-ts2.mjs", "--era", "auto");

        private final String script;
        private final List<String> arguments;

        Client(String script, String... arguments) {
            this.script = script;
            this.arguments = List.of(arguments);
        }

        /** The whole command; of the operations as {@link Target#arguments(String, String...)} takes them. */
        public List<String> command(Target target, String operations, String... options) {
            List<String> command = new ArrayList<>(script(script));
            command.addAll(all(target, operations, options));
            return List.copyOf(command);
        }

        private List<String> all(Target target, String operations, String... options) {
            List<String> all = new ArrayList<>(arguments);
            all.addAll(target.arguments(operations, options));
            return all;
        }
    }

    /** Where a client connects to, as its arguments. */
    public record Target(List<String> arguments) {
        public Target {
            arguments = List.copyOf(arguments);
        }

        /**
         * All that any client is given: its options, where it connects to, and the operations, a JSON array in which ' stands
         * for " (and \\u0027 for ').
         */
        public List<String> arguments(String operations, String... options) {
            List<String> all = new ArrayList<>(Arrays.asList(options));
            all.addAll(arguments);
            all.add(operations.replace('\'', '"'));
            return List.copyOf(all);
        }

        /** An HTTP endpoint that asks for no credential. */
        public static Target http(URI endpoint) {
            return new Target(List.of("--http", endpoint.toString()));
        }

        /** An HTTP endpoint, and the key that the client shows on every request. */
        public static Target http(URI endpoint, String bearer) {
            return new Target(List.of("--bearer", bearer, "--http", endpoint.toString()));
        }

        /** A program that the client starts; some clients start it twice. */
        public static Target stdio(List<String> command) {
            List<String> arguments = new ArrayList<>(List.of("--stdio"));
            arguments.addAll(command);
            arguments.add("--");
            return new Target(arguments);
        }
    }

    /** What a client printed. Exit code 0: it connected and tried every operation; 1: it could not connect. */
    public record Report(int exitCode, JsonNode json, String stderr) {
        /** The outcome of the operation at that place: ok and value, or code, message and data. */
        public JsonNode result(int index) {
            return json.path("results").path(index);
        }

        /** The value of a successful operation; fails with the whole outcome where there is none. */
        public JsonNode value(int index) {
            JsonNode result = result(index);
            if (!result.path("ok").asBoolean())
                throw new AssertionError("Operation " + index + " failed: " + result + "\n" + this);
            return result.path("value");
        }

        /** The text of the first content block of a tool's result. */
        public String text(int index) {
            return value(index).at("/content/0/text").asText();
        }
    }

    private NodeFixtures() {}

    /**
     * Installs what is missing. Skips the calling test, and says why, where Node or npm is missing or nothing can be
     * downloaded; with {@code CI=true} in the environment it fails instead.
     */
    public static void assumeNode() {
        assume(FIXTURES::directory);
    }

    /** As {@link #assumeNode()}, and the public conformance suite with a Node that is new enough for it. */
    public static void assumeConformanceSuite() {
        assumeNode();
        assume(NodeFixtures::conformanceSuite);
    }

    private static void assume(Runnable installed) {
        try {
            installed.run();
        } catch (NodeInstallation.Unavailable reason) {
            if ("true".equals(System.getenv("CI"))) throw new AssertionError(reason.getMessage(), reason);
            // Surefire writes a skipped test's reason into its report only, where nobody looks who sees the build.
            LoggerFactory.getLogger(NodeFixtures.class).warn("Tests are skipped: {}", reason.getMessage());
            Assumptions.abort(reason.getMessage());
        }
    }

    /** The command that runs one of the scripts of {@code src/test/node}. */
    public static List<String> script(String name, String... arguments) {
        return FIXTURES.script(name, arguments);
    }

    /** The dual-era server over HTTP; {@code --modern-only} makes it refuse the legacy era. For {@link #start}. */
    public static List<String> fixtureServerHttp(String... options) {
        return script("server-ts2.mjs", prepend("--http", options));
    }

    /** The dual-era server over stdio; {@code --modern-only} makes it refuse the legacy era. */
    public static List<String> fixtureServerStdio(String... options) {
        return script("server-ts2.mjs", prepend("--stdio", options));
    }

    /** The reference server "everything" over HTTP. For {@link #start}. */
    public static List<String> everythingHttp() {
        return script("everything-http.mjs");
    }

    /** The reference server "everything" over HTTP+SSE of 2024-11-05, at {@code /sse}. For {@link #start}. */
    public static List<String> everythingSse() {
        return script("everything-http.mjs", "--sse");
    }

    /** A server of the TypeScript SDK 1.x that keeps its events; described in {@code resumable-ts1.mjs}. For {@link #start}. */
    public static List<String> resumableServer() {
        return script("resumable-ts1.mjs");
    }

    /** The reference server "everything" over stdio. */
    public static List<String> everythingStdio() {
        return FIXTURES.bin("@modelcontextprotocol/server-everything", "stdio");
    }

    /** The reference server "filesystem" over stdio; a client's roots replace the directories if it has any. */
    public static List<String> filesystem(Path... directories) {
        return FIXTURES.bin(
                "@modelcontextprotocol/server-filesystem",
                Stream.of(directories).map(Path::toString).toArray(String[]::new));
    }

    /** The reference server "memory" over stdio; see {@link #MEMORY_FILE}. */
    public static List<String> memory() {
        return FIXTURES.bin("@modelcontextprotocol/server-memory");
    }

    /** The server that passes the conformance suite, over HTTP: its options are described in it. For {@link #start}. */
    public static List<String> conformanceServer(String... options) {
        return script("conformance-server.mjs", options);
    }

    /** The public conformance suite as a command; see {@link #assumeConformanceSuite()}. */
    public static List<String> conformanceSuite(String... arguments) {
        return CONFORMANCE.bin(NODE_MAJOR_MIN_OF_CONFORMANCE, "@modelcontextprotocol/conformance", arguments);
    }

    /**
     * One of the proxies that {@code src/test/proxies} names, as a command.
     *
     * @throws RuntimeException that says why if it cannot be installed
     */
    public static List<String> proxy(String packageName, String... arguments) {
        return PROXIES.bin(packageName, arguments);
    }

    /** The directory of this module, in which {@code src} and {@code target} are. */
    public static Path moduleDirectory() {
        return NodeInstallation.moduleDirectory();
    }

    /** Runs a client with {@link #TIMEOUT}. */
    public static Report run(Client client, Target target, String operations, String... options) {
        return run(client, TIMEOUT, target, operations, options);
    }

    /** Runs a client: a new one, but in a process that may have run others before. */
    public static Report run(Client client, Duration timeout, Target target, String operations, String... options) {
        return CLIENTS.computeIfAbsent(client.script, script -> new ClientPool(script(script, "--ask")))
                .ask(client.all(target, operations, options), timeout);
    }

    /**
     * Runs a command that prints one JSON document.
     *
     * @param environment in addition to this JVM's
     * @throws AssertionError if it takes longer, or prints something else; with what it said on standard error
     */
    public static Report run(List<String> command, Map<String, String> environment, Duration timeout) {
        try (NodeProcess process = start(command, environment)) {
            boolean ended = process.awaitExit(timeout);
            if (!ended)
                throw new AssertionError("Still running after " + timeout + ": " + command + "\n" + process.stderr());
            String stdout = process.stdout();
            try {
                return new Report(process.exitCode(), JSON.readTree(stdout), process.stderr());
            } catch (JsonProcessingException notJson) {
                throw new AssertionError(
                        command + " ended with " + process.exitCode() + " and printed no JSON: " + stdout + "\n"
                                + process.stderr(),
                        notJson);
            }
        }
    }

    /** Starts a command; the caller closes it. */
    public static NodeProcess start(List<String> command) {
        return start(command, Map.of());
    }

    /** Starts a command; the caller closes it. The variables are added to this JVM's environment. */
    public static NodeProcess start(List<String> command, Map<String, String> environment) {
        return NodeProcess.start(command, environment, FIXTURES.directory());
    }

    private static String[] prepend(String first, String[] rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
    }
}
