package io.mcpgate.examples.demo;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An agent as people have it: the official Java SDK's client over HTTP, with an API key. It knows nothing of mcpgate. */
final class Agent implements AutoCloseable {
    private final McpSyncClient client;

    private Agent(McpSyncClient client) {
        this.client = client;
    }

    static Agent connect(String baseUrl, String path, String apiKey) {
        HttpClientStreamableHttpTransport transport = HttpClientStreamableHttpTransport.builder(baseUrl)
                .endpoint(path)
                .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + apiKey))
                .build();
        McpSyncClient client = McpClient.sync(transport)
                .requestTimeout(Duration.ofSeconds(60))
                .initializationTimeout(Duration.ofMinutes(3)) // the servers may have to be downloaded first
                .build();
        client.initialize();
        return new Agent(client);
    }

    List<String> tools() {
        return client.listTools().tools().stream().map(Tool::name).toList();
    }

    /** What a call came to, in one line. */
    String call(String tool, Map<String, Object> arguments) {
        try {
            CallToolResult result = client.callTool(
                    CallToolRequest.builder(tool).arguments(arguments).build());
            String text = result.content().stream()
                    .filter(TextContent.class::isInstance)
                    .map(content -> ((TextContent) content).text().strip())
                    .findFirst()
                    .orElse("(no text)");
            String line = text.lines().findFirst().orElse("");
            return (Boolean.TRUE.equals(result.isError()) ? "tool error: " : "ok: ") + line;
        } catch (McpError refused) {
            return "error " + refused.getJsonRpcError().code() + ": "
                    + refused.getJsonRpcError().message();
        }
    }

    @Override
    public void close() {
        client.closeGracefully();
    }
}
