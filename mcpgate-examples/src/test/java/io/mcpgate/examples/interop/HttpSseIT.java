package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official Java client over Streamable HTTP, through the gate, to a real server that speaks only HTTP+SSE. */
class HttpSseIT {
    private static NodeProcess server;
    private static GateFixture gate;
    private final List<McpSyncClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() {
        NodeFixtures.assumeNode();
        server = NodeFixtures.start(NodeFixtures.everythingSse());
        gate = GateFixture.open("""
                servers:
                  old: {url: "http://127.0.0.1:%d/sse"}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                roles:
                  admin: {allow: [{tools: ["*"], methods: ["*"]}]}
                audit: {to: memory}
                """.formatted(server.port()), "admin");
    }

    @AfterAll
    static void stop() {
        Closing.all(gate, server);
    }

    @AfterEach
    void disconnect() {
        clients.forEach(McpSyncClient::closeGracefully);
    }

    private static McpClient.SyncSpec client() {
        return McpClient.sync(JavaClient.http(gate, "old", "admin")).requestTimeout(Duration.ofSeconds(30));
    }

    private McpSyncClient connect(McpClient.SyncSpec spec) {
        McpSyncClient client = spec.build();
        clients.add(client);
        client.initialize();
        return client;
    }

    @Test
    void seesAndCallsItsTools() {
        McpSyncClient client = connect(client());

        assertThat(client.getServerInfo().name()).isEqualTo("mcp-servers/everything");
        assertThat(client.listTools().tools()).extracting(Tool::name).contains("echo", "get-sum");
        assertThat(JavaClient.call(client, "echo", Map.of("message", "Grüße €")))
                .isEqualTo("Echo: Grüße €");
    }

    @Test
    void servesSeveralSessionsEachWithItsOwnAnswers() {
        McpSyncClient one = connect(client());
        McpSyncClient other = connect(client());

        for (int i = 0; i < 5; i++) {
            assertThat(JavaClient.call(one, "echo", Map.of("message", "one " + i)))
                    .isEqualTo("Echo: one " + i);
            assertThat(JavaClient.call(other, "echo", Map.of("message", "other " + i)))
                    .isEqualTo("Echo: other " + i);
        }
    }

    @Test
    void bringsProgressUnderTheTokenOfTheClient() {
        List<ProgressNotification> progress = new CopyOnWriteArrayList<>();
        McpSyncClient client = connect(client().progressConsumer(progress::add));

        String said = JavaClient.call(client, "trigger-long-running-operation", Map.of("duration", 0.3, "steps", 3));

        assertThat(said).startsWith("Long running operation completed");
        await().untilAsserted(() ->
                assertThat(progress).extracting(ProgressNotification::progress).containsExactly(1.0, 2.0, 3.0));
        assertThat(progress).extracting(ProgressNotification::progressToken).containsOnly(JavaClient.TOKEN);
    }

    @Test
    void bringsWhatTheServerAsksToTheClientAndItsAnswerBack() {
        McpSyncClient client = connect(client().capabilities(
                        ClientCapabilities.builder().sampling().build())
                .sampling(question -> CreateMessageResult.builder(
                                Role.ASSISTANT, TextContent.builder("forty-two").build(), "test-model")
                        .build()));

        await().untilAsserted(() -> assertThat(client.listTools().tools())
                .extracting(Tool::name)
                .contains("trigger-sampling-request")); // registered when the handshake is over
        assertThat(JavaClient.call(client, "trigger-sampling-request", Map.of("prompt", "?", "maxTokens", 10)))
                .contains("forty-two");
    }
}
