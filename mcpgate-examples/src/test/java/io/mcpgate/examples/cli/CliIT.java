package io.mcpgate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.interop.McpgateJar;
import io.mcpgate.examples.tap.WireTap;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as users start it: {@code java -jar mcpgate.jar}. */
@Timeout(120)
class CliIT {
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                    + "\"capabilities\":{},\"clientInfo\":{\"name\":\"it\",\"version\":\"1\"}}}";
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":{}}}";
    private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    private Process start(String... args) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(McpgateJar.command(args)).directory(directory.toFile());
        builder.redirectError(err().toFile());
        builder.environment().put("TINY_SECRET", "s3cr3t");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Path err() {
        return directory.resolve("stderr.txt");
    }

    private String errors() throws IOException {
        return Files.readString(err());
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gate.yaml"), yaml);
    }

    private static String outputOf(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @AfterEach
    void kill() {
        started.forEach(Process::destroyForcibly);
    }

    @Nested
    class ACommandThatEndsByItself {
        @Test
        void printsHelp() throws Exception {
            Process help = start("wrap", "--help");

            assertThat(outputOf(help)).contains("Usage: mcpgate wrap", "Example", "Exit codes:");
            assertThat(help.waitFor()).isZero();
        }

        @Test
        void makesAKey() throws Exception {
            Process key = start("key");

            assertThat(outputOf(key)).containsPattern("(?m)^key:  mcpgate_[A-Za-z0-9_-]{43}$");
            assertThat(key.waitFor()).isZero();
        }

        @Test
        void checksAFile() throws Exception {
            file("anonymous: {}\nservers: {a: {command: [x], env: {A: \"${env:TINY_SECRET}\"}}}");
            Process check = start("check", "--config", "gate.yaml");

            assertThat(outputOf(check))
                    .contains("gate.yaml is right.", "Gateway[mcpgate: ")
                    .doesNotContain("s3cr3t");
            assertThat(check.waitFor()).isZero();
            assertThat(errors()).isEmpty();
        }

        @Test
        void saysWhatIsWrongInAFile() throws Exception {
            file("servers:\n  a: {comand: [x]}");
            Process check = start("check", "--config", "gate.yaml");

            assertThat(outputOf(check)).isEmpty();
            assertThat(check.waitFor()).isEqualTo(2);
            assertThat(errors().lines()).first().asString().startsWith("mcpgate: principals (line 1): nobody may call");
            assertThat(errors()).contains("servers.a.comand (line 2): is no key here; did you mean \"command\"?");
        }

        @Test
        void saysThatTheCommandLineMakesNoSense() throws Exception {
            Process unknown = start("serve", "--confg", "x");

            assertThat(outputOf(unknown)).isEmpty();
            assertThat(unknown.waitFor()).isEqualTo(2);
            assertThat(errors()).startsWith("mcpgate: ").doesNotContain("\tat ");
        }
    }

    @Nested
    class Wrapping {
        private final WireTap wire = new WireTap();
        private BufferedWriter in;
        private BufferedReader out;

        @AfterEach
        void whatWasSaidIsValid() throws IOException {
            wire.close();
        }

        private Process wrap(String... args) throws IOException {
            List<String> all = new ArrayList<>(List.of("wrap"));
            all.addAll(List.of(args));
            all.add("--");
            all.addAll(wire.child("tiny", TinyServer.command()));
            Process process = start(all.toArray(String[]::new));
            in = new BufferedWriter(new OutputStreamWriter(wire.writing(process), StandardCharsets.UTF_8));
            out = new BufferedReader(new InputStreamReader(wire.reading(process), StandardCharsets.UTF_8));
            return process;
        }

        private String ask(String message) throws IOException {
            tell(message);
            return out.readLine();
        }

        private void tell(String message) throws IOException {
            in.write(message + "\n");
            in.flush();
        }

        private static String callOf(String tool) {
            return "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                    + "\",\"arguments\":{}}}";
        }

        @Test
        void letsThroughWhatTheLocalUserMayDoAndEndsWithItsInput() throws Exception {
            file("stdio: {principal: me, roles: [r]}\nroles: {r: {allow: [{server: tiny, tools: [search]}]}}\n"
                    + "audit: {file: audit.jsonl}\nrefusals: reveal");
            Process process = wrap("--config", "gate.yaml", "--server", "tiny");

            assertThat(ask(INITIALIZE)).contains("\"id\":1", "tiny");
            tell(INITIALIZED);
            assertThat(ask(LIST)).contains("search").doesNotContain("delete");
            assertThat(ask(callOf("search"))).contains("TINY_SECRET is null");
            assertThat(ask(callOf("delete"))).contains("403");
            in.close();

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(Files.readString(directory.resolve("audit.jsonl"))).contains("\"tool\":\"delete\"", "refused");
        }

        @Test
        void allowsAllIfAskedTo() throws Exception {
            Process process = wrap("--allow-all", "--inherit-env", "TINY_SECRET");

            ask(INITIALIZE);
            tell(INITIALIZED);
            assertThat(ask(callOf("delete"))).contains("TINY_SECRET is s3cr3t");
            process.toHandle().destroy(); // destroy() of the process itself closes the pipes, too

            assertThat(process.waitFor()).isZero();
            assertThat(errors()).contains("\"tool\":\"delete\"");
        }
    }

    @Nested
    class Serving {
        private static final Pattern LISTENING = Pattern.compile("Listening on http://[^:]+:(\\d+)/");
        private static final Pattern METRICS = Pattern.compile("Metrics are at (http://\\S+)");

        private final HttpClient client = HttpClient.newHttpClient();
        private final WireTap wire = new WireTap();
        private URI endpoint;
        private String key;
        private String tiny;

        @AfterEach
        void whatWasSaidIsValid() throws IOException {
            wire.close();
        }

        private Process serve() throws IOException {
            key = "mcpgate_it";
            tiny = GateFixture.list(wire.child("tiny", TinyServer.command()));
            file(yaml("search"));
            Process process = start("serve", "--config", "gate.yaml");
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> LISTENING.matcher(errors()).find());
            endpoint = LISTENING
                    .matcher(errors())
                    .results()
                    .map(found -> wire.clients(URI.create("http://127.0.0.1:" + found.group(1) + "/mcp/tiny")))
                    .findFirst()
                    .orElseThrow();
            return process;
        }

        private String yaml(String tool) {
            return """
            listen: {port: 0}
            metrics: {port: 0}
            servers: {tiny: {command: %s}}
            principals: {it: {keys: ["%s"], roles: [r]}}
            roles: {r: {allow: [{tools: [%s]}]}}
            """.formatted(tiny, ApiKeys.hash(key), tool);
        }

        private HttpResponse<String> post(String message, String credential, String session) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json, text/event-stream")
                    .header("Authorization", "Bearer " + credential)
                    .POST(HttpRequest.BodyPublishers.ofString(message));
            if (session != null) {
                request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-11-25");
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        private String open() throws Exception {
            String session = post(INITIALIZE, key, null)
                    .headers()
                    .firstValue("Mcp-Session-Id")
                    .orElseThrow();
            post(INITIALIZED, key, session);
            return session;
        }

        @Test
        void letsInWhoHasAKeyAndEndsWithZeroWhenToldTo() throws Exception {
            Process process = serve();

            assertThat(post(INITIALIZE, "wrong", null).statusCode()).isEqualTo(401);
            assertThat(post(LIST, key, open()).body()).contains("search").doesNotContain("delete");
            process.toHandle().destroy(); // destroy() of the process itself closes the pipes, too

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(outputOf(process)).isEmpty();
        }

        @Test
        void countsCalls() throws Exception {
            serve();
            String session = open();
            for (String tool : List.of("search", "search", "delete")) post(CALL.formatted(tool), key, session);
            URI page = METRICS.matcher(errors())
                    .results()
                    .map(found -> URI.create(found.group(1)))
                    .findFirst()
                    .orElseThrow();
            String metrics = client.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();

            String counted = "mcp_server_operation_duration_seconds_count{";
            assertThat(metrics.lines().filter(line -> line.startsWith(counted) && line.contains("\"tools/call\"")))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("gen_ai_tool_name=\"search\"")
                            && line.contains("mcpgate_outcome=\"ok\"")
                            && line.endsWith(" 2"))
                    .anyMatch(line -> line.contains("gen_ai_tool_name=\"delete\"")
                            && line.contains("mcpgate_outcome=\"refused\"")
                            && line.endsWith(" 1"));
            assertThat(metrics).doesNotContain(key, "s3cr3t", session);
        }

        @Test
        void takesOverAChangedFileAndKeepsTheSession() throws Exception {
            serve();
            String session = open();

            file(yaml("delete"));
            await().atMost(10, TimeUnit.SECONDS).until(() -> errors().contains("was read again"));
            assertThat(post(LIST, key, session).body()).contains("delete").doesNotContain("search");

            file("servers: [broken");
            await().atMost(10, TimeUnit.SECONDS).until(() -> errors().contains("cannot be used"));
            assertThat(post(LIST, key, session).body()).contains("delete");
        }
    }
}
