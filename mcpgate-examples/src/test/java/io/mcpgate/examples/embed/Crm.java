package io.mcpgate.examples.embed;

import io.mcpgate.examples.demo.JavaServer;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The application's own server, on the official SDK. It knows nothing of gateways. */
final class Crm {
    /** The names of the tools that were called, in order. */
    final List<String> called = new CopyOnWriteArrayList<>();

    McpSyncServer on(McpServerTransportProvider transport) {
        return McpServer.sync(transport)
                .serverInfo("crm", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .toolCall(
                        tool("find", false),
                        (exchange, call) ->
                                text(call, "found " + call.arguments().get("q")))
                .toolCall(tool("delete", true), (exchange, call) -> text(call, "deleted"))
                .toolCall(
                        tool("whoami", false),
                        (exchange, call) ->
                                text(call, "" + exchange.transportContext().get(McpSdk.PRINCIPAL)))
                .toolCall(tool("ask", false), this::ask)
                .toolCall(tool("work", false), this::work)
                .build();
    }

    private static Tool tool(String name, boolean destructive) {
        return Tool.builder(name, Map.of("type", "object"))
                .description(name)
                .annotations(
                        ToolAnnotations.builder().destructiveHint(destructive).build())
                .build();
    }

    private CallToolResult text(CallToolRequest call, String text) {
        called.add(call.name());
        return CallToolResult.builder(List.of(TextContent.builder(text).build()))
                .build();
    }

    private CallToolResult ask(McpSyncServerExchange exchange, CallToolRequest call) {
        var answer = exchange.createElicitation(
                ElicitFormRequest.builder("Sure?", Map.of("type", "object", "properties", Map.of()))
                        .build());
        return text(call, "the user says " + answer.action());
    }

    private CallToolResult work(McpSyncServerExchange exchange, CallToolRequest call) {
        Object token = call.progressToken();
        for (int i = 1; token != null && i <= 3; i++) {
            exchange.progressNotification(
                    ProgressNotification.builder(token, i).total(3.0).build());
        }
        return text(call, "done");
    }

    /** A call of a tool, in a client's words. */
    static CallToolRequest call(String tool) {
        return CallToolRequest.builder(tool).arguments(Map.of("q", "x")).build();
    }

    /** What a tool has said. */
    static String textOf(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    /** The command of a server on the SDK that is a program of its own, with the tools "echo" and "get-env". */
    static List<String> program() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaServer.class.getName());
    }

    /** The SDK's mapper. */
    static McpJsonMapper json() {
        return McpJsonDefaults.getMapper();
    }
}
