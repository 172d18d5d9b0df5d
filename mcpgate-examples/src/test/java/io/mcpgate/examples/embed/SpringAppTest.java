package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.cli.TinyServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The Spring application in {@code src/test/spring}, started for real: its server is governed, and so are its clients. */
@TestInstance(Lifecycle.PER_CLASS)
class SpringAppTest {
    private static final String ANNS_KEY = "mcpgate_anns";

    private SpringApp app;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        List<String> tiny = TinyServer.command();
        app = SpringApp.start(
                directory,
                "--app.key-hash=" + ApiKeys.hash(ANNS_KEY),
                "--spring.ai.mcp.server.streamable-http.mcp-endpoint=/spring", // its default is /mcp
                "--spring.ai.mcp.client.stdio.connections.tiny.command=" + tiny.get(0),
                "--spring.ai.mcp.client.stdio.connections.tiny.args=" + String.join(",", tiny.subList(1, tiny.size())));
    }

    @AfterAll
    void stop() {
        if (app != null) {
            app.close();
        }
    }

    private McpSyncClient client(HttpRequest.Builder request) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + app.port())
                        .endpoint("/mcp/crm")
                        .requestBuilder(request)
                        .build())
                .build();
    }

    @Test
    void governsTheServerThatSpringBuilds() {
        try (McpSyncClient client = client(HttpRequest.newBuilder().header("Authorization", "Bearer " + ANNS_KEY))) {
            client.initialize();

            assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("find");
            assertThat(textOf(client.callTool(call("find")))).contains("found x for ann");
            assertThatThrownBy(() -> client.callTool(call("delete"))).isInstanceOf(McpError.class);
        }
    }

    @Test
    void letsNobodyInWithoutAKey() {
        try (McpSyncClient client = client(HttpRequest.newBuilder())) {
            assertThatThrownBy(client::initialize).hasStackTraceContaining("Authorization error");
        }
    }

    @Test
    void doesNotStartWithAServerInItsConfigurationThatTheGatewayDoesNotKnow(@TempDir Path directory) {
        assertThatThrownBy(() -> SpringApp.start(
                        directory,
                        "--app.key-hash=" + ApiKeys.hash(ANNS_KEY),
                        "--spring.ai.mcp.client.stdio.connections.other.command=java",
                        "--spring.ai.mcp.client.stdio.connections.other.args=-version"))
                .hasMessageContaining("knows no wrapped server \"other\"");
    }

    @Test
    void hasNoServerAtTheEndpointThatSpringConfiguresByItself() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + "/spring"))
                                .header("Content-Type", "application/json")
                                .header("Accept", "application/json, text/event-stream")
                                .POST(HttpRequest.BodyPublishers.ofString("""
                                        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},\
                                        "protocolVersion":"2025-11-25","clientInfo":{"name":"raw","version":"1"}}}"""))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(answer.body()).doesNotContain("serverInfo");
    }

    @Test
    void governsTheClientsThatSpringMakes() {
        assertThat(app.toolsOfItsClients()).isEqualTo("[search]"); // and not "delete", which that server has, too
    }
}
