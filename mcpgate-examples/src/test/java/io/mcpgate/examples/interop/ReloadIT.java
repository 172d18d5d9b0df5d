package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.demo.JavaServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mcpgate serve} whose file changes, with clients of the official Java SDK, which list anew when they are told to. */
@Timeout(180)
class ReloadIT {
    private static final Pattern LISTENING = Pattern.compile("Listening on http://[^:]+:(\\d+)/");

    @TempDir
    Path directory;

    private final List<McpSyncClient> clients = new ArrayList<>();
    private Process gate;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        configure("echo", "");
        gate = new ProcessBuilder(McpgateJar.command("serve", "--config", "gate.yaml"))
                .directory(directory.toFile())
                .redirectError(directory.resolve("stderr.txt").toFile())
                .start();
        await().atMost(60, TimeUnit.SECONDS).until(() -> listening().find());
        Matcher found = listening();
        assertThat(found.find()).isTrue();
        port = Integer.parseInt(found.group(1));
    }

    private Matcher listening() throws IOException {
        return LISTENING.matcher(Files.readString(directory.resolve("stderr.txt")));
    }

    @AfterEach
    void end() throws InterruptedException {
        clients.forEach(McpSyncClient::close);
        gate.toHandle().destroy();
        gate.waitFor();
    }

    private void configure(String tool, String moreServers) throws IOException {
        String server = "{command: " + GateFixture.list(javaServer()) + "}";
        Path next = Files.writeString(directory.resolve("next.yaml"), """
                listen: {port: 0}
                servers: {one: %s%s}
                principals:
                  editor: {keys: ["%s"], roles: [editor]}
                  bystander: {keys: ["%s"], roles: [bystander]}
                roles:
                  editor: {allow: [{tools: [%s]}]}
                  bystander: {allow: [{server: one, tools: [echo]}]}
                audit: {to: memory}
                """.formatted(
                        server,
                        moreServers.isEmpty() ? "" : ", " + moreServers + ": " + server,
                        ApiKeys.hash("editor"),
                        ApiKeys.hash("bystander"),
                        tool));
        Files.move(next, directory.resolve("gate.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> javaServer() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaServer.class.getName());
    }

    /** A client, and what it has seen each time that it was told of a change: the SDK lists before it says so. */
    private List<List<String>> connect(String path, String key) {
        List<List<String>> seen = new CopyOnWriteArrayList<>();
        McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + port)
                        .endpoint(path)
                        .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + key))
                        .build())
                .requestTimeout(Duration.ofSeconds(60))
                .toolsChangeConsumer(tools -> seen.add(names(tools)))
                .build();
        clients.add(client);
        client.initialize();
        return seen;
    }

    private static List<String> names(List<Tool> tools) {
        return tools.stream().map(Tool::name).sorted().toList();
    }

    @Test
    void tellsEachClientOnceWhoseListsHaveChangedAndShowsItWhatIsNew() throws IOException {
        List<List<String>> atServer = connect("/mcp/one", "editor");
        List<List<String>> atCatalog = connect("/mcp", "editor");
        List<List<String>> bystander = connect("/mcp/one", "bystander");
        clients.forEach(client -> assertThat(names(client.listTools().tools())).hasSize(1));

        configure("get-sum", "");
        await().atMost(30, TimeUnit.SECONDS).until(() -> !atServer.isEmpty() && !atCatalog.isEmpty());
        configure("get-env", "two");
        await().atMost(60, TimeUnit.SECONDS).until(() -> atServer.size() > 1 && atCatalog.size() > 1);

        assertThat(atServer).containsExactly(List.of("get-sum"), List.of("get-env"));
        assertThat(atCatalog).containsExactly(List.of("one__get-sum"), List.of("one__get-env", "two__get-env"));
        await().during(1, TimeUnit.SECONDS).until(bystander::isEmpty); // what would be wrong may still be under way
    }
}
