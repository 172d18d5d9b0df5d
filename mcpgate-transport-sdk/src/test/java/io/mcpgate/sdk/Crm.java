package io.mcpgate.sdk;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A real server of the SDK with a tool for everything that servers do. */
@SuppressWarnings("deprecation") // what every version of the SDK has
final class Crm implements AutoCloseable {
    static final McpJsonMapper JSON = McpJsonDefaults.getMapper();

    final CountDownLatch slow = new CountDownLatch(1);
    private final McpSyncServer server;

    Crm(McpServerTransportProvider transport) {
        server = McpServer.sync(transport)
                .serverInfo("crm", "1")
                .capabilities(ServerCapabilities.builder().tools(true).logging().build())
                .toolCall(
                        tool("find"),
                        (exchange, call) -> text("found " + call.arguments().get("q")))
                .toolCall(tool("delete"), (exchange, call) -> text("deleted"))
                .toolCall(tool("ask"), Crm::ask)
                .toolCall(tool("think"), Crm::think)
                .toolCall(tool("work"), Crm::work)
                .toolCall(tool("slow"), slow())
                .build();
    }

    McpSyncServer server() {
        return server;
    }

    static Tool tool(String name) {
        return Tool.builder()
                .name(name)
                .description(name)
                .inputSchema(JSON, "{\"type\":\"object\"}")
                .build();
    }

    static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).build();
    }

    static String textOf(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    private static CallToolResult ask(McpSyncServerExchange exchange, CallToolRequest call) {
        var answer = exchange.createElicitation(ElicitRequest.builder()
                .message("Sure?")
                .requestedSchema(Map.of("type", "object", "properties", Map.of()))
                .build());
        return text("the user says " + answer.action());
    }

    private static CallToolResult think(McpSyncServerExchange exchange, CallToolRequest call) {
        var answer = exchange.createMessage(CreateMessageRequest.builder()
                .messages(List.of(new SamplingMessage(Role.USER, new TextContent("Well?"))))
                .maxTokens(10)
                .build());
        return text("the model says " + ((TextContent) answer.content()).text());
    }

    private static CallToolResult work(McpSyncServerExchange exchange, CallToolRequest call) {
        Object token = call.progressToken();
        for (int i = 1; token != null && i <= 3; i++) {
            exchange.progressNotification(new ProgressNotification(token, i, 3.0, "step " + i));
        }
        exchange.loggingNotification(LoggingMessageNotification.builder()
                .level(LoggingLevel.ERROR)
                .logger("crm")
                .data("worked")
                .build());
        return text("done");
    }

    private BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> slow() {
        return (exchange, call) -> {
            try {
                slow.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
            return text("at last");
        };
    }

    @Override
    public void close() {
        slow.countDown();
        server.close();
    }
}
