package io.mcpgate.examples.demo;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A stdio server on the official Java SDK, for machines without npx. */
public final class JavaServer {
    private JavaServer() {}

    /** Serves until its parent closes the pipe or ends it. */
    public static void main(String[] args) throws InterruptedException {
        Map<String, Object> text = Map.of("type", "object", "properties", Map.of("message", Map.of("type", "string")));
        Map<String, Object> sum = Map.of(
                "type", "object", "properties", Map.of("a", Map.of("type", "number"), "b", Map.of("type", "number")));
        Map<String, Object> path = Map.of("type", "object", "properties", Map.of("path", Map.of("type", "string")));
        McpSyncServer server = McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
                .serverInfo("java-server", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .toolCall(
                        tool("echo", text),
                        (exchange, call) -> answer(call.arguments(), a -> "Echo: " + a.get("message")))
                .toolCall(tool("get-sum", sum), (exchange, call) -> answer(call.arguments(), JavaServer::sum))
                .toolCall(tool("get-env", text), (exchange, call) -> answer(call.arguments(), a -> "the environment"))
                .toolCall(
                        tool("read_text_file", path),
                        (exchange, call) -> answer(call.arguments(), a -> "Call Mr. Smith back on Monday."))
                .toolCall(tool("write_file", path), (exchange, call) -> answer(call.arguments(), a -> "written"))
                .build();
        try {
            new CountDownLatch(1).await();
        } finally {
            server.close();
        }
    }

    private static Tool tool(String name, Map<String, Object> schema) {
        return Tool.builder(name, schema).description(name).build();
    }

    private static String sum(Map<String, Object> arguments) {
        return "The sum is " + (number(arguments, "a") + number(arguments, "b"));
    }

    private static double number(Map<String, Object> arguments, String name) {
        return arguments.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    private static CallToolResult answer(Map<String, Object> arguments, Function<Map<String, Object>, String> work) {
        return CallToolResult.builder(
                        List.of(TextContent.builder(work.apply(arguments)).build()))
                .build();
    }
}
