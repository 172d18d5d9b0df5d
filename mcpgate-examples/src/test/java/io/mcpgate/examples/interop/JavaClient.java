package io.mcpgate.examples.interop;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.http.HttpRequest;
import java.util.Map;

/** The client of the official Java SDK, at a gate. */
final class JavaClient {
    static final String TOKEN = "token-of-the-client";

    private JavaClient() {}

    /** The way to a governed server, with the key of a principal; an empty name stands for the merged catalog. */
    static McpClientTransport http(GateFixture gate, String server, String principal) {
        return HttpClientStreamableHttpTransport.builder(gate.base())
                .endpoint(gate.uri(server).getPath())
                .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + gate.key(principal)))
                .build();
    }

    /** The text that a tool answers; its progress comes under {@link #TOKEN}. */
    static String call(McpSyncClient client, String tool, Map<String, Object> arguments) {
        CallToolResult result = client.callTool(CallToolRequest.builder(tool)
                .arguments(arguments)
                .progressToken(TOKEN)
                .build());
        return ((TextContent) result.content().get(0)).text();
    }
}
