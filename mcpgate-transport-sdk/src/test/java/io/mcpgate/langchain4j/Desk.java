package io.mcpgate.langchain4j;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServer.SyncSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.Root;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real server of the official SDK, over HTTP or in a JVM of its own over stdio, with a tool for everything that servers do. */
@SuppressWarnings("deprecation") // what every version of the SDK has
final class Desk implements AutoCloseable {
    private final McpSyncServer server;

    Desk(SyncSpecification<?> specification) {
        server = specification
                .serverInfo("desk", "1")
                .capabilities(ServerCapabilities.builder()
                        .tools(true)
                        .resources(false, true)
                        .prompts(true)
                        .logging()
                        .build())
                .toolCall(
                        tool("find"),
                        (exchange, call) -> text("found " + call.arguments().get("q")))
                .toolCall(tool("delete"), (exchange, call) -> text("deleted"))
                .toolCall(tool("work"), Desk::work)
                .toolCall(tool("roots"), Desk::roots)
                .toolCall(tool("ping"), (exchange, call) -> text("pong " + (exchange.ping() != null)))
                .toolCall(tool("slow"), (exchange, call) -> slow())
                .toolCall(tool("grow"), (exchange, call) -> grow())
                .toolCall(tool("die"), (exchange, call) -> die())
                .resources(resource("desk://open"), resource("desk://secret"))
                .prompts(prompt("greet"), prompt("insult"))
                .build();
    }

    /** The command that serves over stdio. */
    static List<String> stdio() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Desk.class.getName());
    }

    /** Serves over stdio until it is killed. */
    public static void main(String[] args) {
        new Desk(McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper())));
    }

    private static Tool tool(String name) {
        return Tool.builder()
                .name(name)
                .description(name)
                .inputSchema(McpJsonDefaults.getMapper(), "{\"type\":\"object\"}")
                .build();
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).build();
    }

    private static CallToolResult work(McpSyncServerExchange exchange, CallToolRequest call) {
        Object token = call.progressToken();
        for (int i = 1; token != null && i <= 3; i++) {
            exchange.progressNotification(new ProgressNotification(token, i, 3.0, "step " + i));
        }
        exchange.loggingNotification(LoggingMessageNotification.builder()
                .level(LoggingLevel.ERROR)
                .logger("desk")
                .data("worked")
                .build());
        return text("done");
    }

    private static CallToolResult roots(McpSyncServerExchange exchange, CallToolRequest call) {
        try {
            return text("roots "
                    + exchange.listRoots().roots().stream().map(Root::uri).toList());
        } catch (RuntimeException refused) {
            return text("no roots");
        }
    }

    private static CallToolResult slow() {
        try {
            TimeUnit.SECONDS.sleep(3);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return text("at last");
    }

    private CallToolResult grow() {
        server.addTool(new SyncToolSpecification(tool("find-more"), (exchange, call) -> text("more")));
        return text("grown");
    }

    private static CallToolResult die() {
        Runtime.getRuntime().halt(1);
        return text("dead");
    }

    private static SyncResourceSpecification resource(String uri) {
        return new SyncResourceSpecification(
                Resource.builder().uri(uri).name(uri).build(),
                (exchange, read) ->
                        new ReadResourceResult(List.of(new TextResourceContents(uri, "text/plain", "read " + uri))));
    }

    private static SyncPromptSpecification prompt(String name) {
        return new SyncPromptSpecification(
                new Prompt(name, name, List.of()),
                (exchange, get) -> new GetPromptResult(
                        name, List.of(new PromptMessage(Role.USER, new TextContent("Please " + name)))));
    }

    @Override
    public void close() {
        server.close();
    }
}
