package io.mcpgate.sdk;

import static io.mcpgate.sdk.SdkServers.log;
import static io.mcpgate.sdk.SdkServers.text;
import static io.mcpgate.sdk.SdkServers.tool;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of the SDK with a tool for each thing that a server can do. */
@SuppressWarnings("deprecation") // older SDKs have only those
final class SampleServer implements AutoCloseable {
    /** {@code wait} has begun. */
    final CompletableFuture<Void> waiting = new CompletableFuture<>();
    /** {@code wait} has been told to stop. */
    final CompletableFuture<Void> stopped = new CompletableFuture<>();
    /** How often {@code wait} has begun. */
    final AtomicInteger begun = new AtomicInteger();

    final McpSyncServer server;

    SampleServer(McpServerTransportProvider transport) {
        McpServer.SyncSpecification<?> spec = SdkServers.server(transport);
        spec.toolCall(tool("find"), (exchange, call) -> text("found for " + caller(exchange.transportContext())));
        spec.toolCall(tool("delete"), (exchange, call) -> text("deleted"));
        spec.toolCall(tool("rare"), (exchange, call) -> text("once"));
        spec.toolCall(tool("ask"), (exchange, call) -> text("the user says " + SdkServers.elicit(exchange)));
        spec.toolCall(tool("think"), (exchange, call) -> text("the model says " + sample(exchange)));
        spec.toolCall(tool("session"), (exchange, call) -> text(exchange.sessionId()));
        spec.toolCall(tool("work"), SampleServer::work);
        spec.toolCall(tool("wait"), (exchange, call) -> await());
        server = spec.build();
    }

    /** What a tool can know of who calls. */
    static String caller(McpTransportContext context) {
        return context.get(McpSdk.PRINCIPAL) + " by " + context.get("host");
    }

    private static String sample(McpSyncServerExchange exchange) {
        return ((TextContent) exchange.createMessage(CreateMessageRequest.builder()
                                .messages(List.of(new SamplingMessage(Role.USER, new TextContent("What now?"))))
                                .maxTokens(10)
                                .build())
                        .content())
                .text();
    }

    private static CallToolResult work(McpSyncServerExchange exchange, CallToolRequest call) {
        exchange.loggingNotification(log("working"));
        exchange.progressNotification(
                new ProgressNotification(call.meta().get("progressToken"), 0.5, 1.0, "half", null));
        return text("worked");
    }

    private CallToolResult await() {
        begun.incrementAndGet();
        waiting.complete(null);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stop) {
            stopped.complete(null);
        }
        return text("stopped");
    }

    /** Clients are told. */
    void addTool() {
        server.addTool(McpServerFeatures.SyncToolSpecification.builder()
                .tool(tool("added"))
                .callHandler((exchange, call) -> text("added"))
                .build());
    }

    @Override
    public void close() {
        server.close();
    }
}
