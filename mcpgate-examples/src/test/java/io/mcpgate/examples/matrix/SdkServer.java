package io.mcpgate.examples.matrix;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServer.SyncSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult.CompleteCompletion;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * A server of the official Java SDK with everything that the SDK can offer, under the names of {@code server-ts2.mjs}, so that
 * both are asked the same.
 */
final class SdkServer implements AutoCloseable {
    private static final Map<String, Object> ANYTHING = Map.of("type", "object");
    private static final List<String> NAMES = List.of("Ada", "Alan", "Barbara", "Edsger", "Grace");
    private static final SyncToolSpecification EXTRA =
            new SyncToolSpecification(tool("extra"), (exchange, call) -> text("extra"));

    private final McpSyncServer server;
    private volatile String lastSlow = "never";
    private boolean extraVisible; // guarded by this

    private SdkServer(SyncSpecification<?> specification) {
        server = specification
                .serverInfo("sdk-server", "1")
                .capabilities(ServerCapabilities.builder()
                        .tools(true)
                        .prompts(true)
                        .resources(true, true)
                        .completions()
                        .logging()
                        .build())
                .toolCall(tool("echo"), (exchange, call) -> text(argument(call, "message", "")))
                .toolCall(tool("slow"), this::slow)
                .toolCall(tool("lastSlow"), (exchange, call) -> text(lastSlow))
                .toolCall(tool("logs"), SdkServer::logs)
                .toolCall(tool("ask"), SdkServer::ask)
                .toolCall(tool("toggle"), (exchange, call) -> toggle())
                .prompts(new SyncPromptSpecification(
                        Prompt.builder("greet")
                                .arguments(List.of(PromptArgument.builder("name")
                                        .required(true)
                                        .build()))
                                .build(),
                        (exchange, get) ->
                                greeting(String.valueOf(get.arguments().get("name")))))
                .completions(new SyncCompletionSpecification(
                        new PromptReference("greet"),
                        (exchange, asked) -> names(asked.argument().value())))
                .resources(new SyncResourceSpecification(
                        Resource.builder("fixture://motd", "motd").build(), reading("Grüße")))
                .resourceTemplates(new SyncResourceTemplateSpecification(
                        ResourceTemplate.builder("fixture://items/{id}", "items")
                                .build(),
                        reading("an item")))
                .build();
    }

    /** Serves over HTTP wherever the provider is mounted. */
    static SdkServer over(HttpServletStreamableServerTransportProvider provider) {
        return new SdkServer(McpServer.sync(provider));
    }

    /** The command that serves over stdio. */
    static List<String> stdio() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SdkServer.class.getName());
    }

    /** Serves over stdio until its parent closes the pipe. */
    public static void main(String[] args) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        InputStream in = new FilterInputStream(System.in) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int read = super.read(bytes, from, length);
                if (read < 0) ended.countDown();
                return read;
            }
        };
        var stdio = new StdioServerTransportProvider(McpJsonDefaults.getMapper(), in, System.out);
        SdkServer server = new SdkServer(McpServer.sync(stdio));
        try {
            ended.await(); // the SDK tells nobody, and its threads go on
        } finally {
            server.close();
        }
        System.exit(0);
    }

    private CallToolResult slow(McpSyncServerExchange exchange, CallToolRequest call) {
        int steps = argument(call, "steps", 5);
        lastSlow = "running";
        for (int step = 1; step <= steps; step++) {
            pause(argument(call, "delayMs", 100));
            if (call.progressToken() != null) {
                exchange.progressNotification(ProgressNotification.builder(call.progressToken(), step)
                        .total((double) steps)
                        .build());
            }
        }
        // A client of the TypeScript SDK loses what it reads together with the result: on a busy machine, that of a
        // while.
        pause(1_000);
        lastSlow = "completed";
        return text("done after " + steps + " steps");
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static CallToolResult logs(McpSyncServerExchange exchange, CallToolRequest call) {
        int count = argument(call, "count", 2);
        for (int i = 1; i <= count; i++) {
            exchange.loggingNotification(LoggingMessageNotification.builder(LoggingLevel.WARNING, "log " + i)
                    .build());
        }
        return text("logged " + count);
    }

    private static CallToolResult ask(McpSyncServerExchange exchange, CallToolRequest call) {
        String question = argument(call, "question", "What is your name?");
        return text(
                switch (argument(call, "kind", "elicitation")) {
                    case "sampling" ->
                        exchange.createMessage(CreateMessageRequest.builder(
                                                List.of(new SamplingMessage(
                                                        Role.USER,
                                                        TextContent.builder(question)
                                                                .build())),
                                                50)
                                        .build())
                                .content()
                                .toString();
                    case "roots" -> exchange.listRoots().roots().toString();
                    default ->
                        exchange.createElicitation(ElicitFormRequest.builder(
                                                question,
                                                Map.of(
                                                        "type",
                                                        "object",
                                                        "properties",
                                                        Map.of("name", Map.of("type", "string"))))
                                        .build())
                                .content()
                                .toString();
                });
    }

    private synchronized CallToolResult toggle() {
        extraVisible = !extraVisible;
        if (extraVisible) {
            server.addTool(EXTRA);
        } else {
            server.removeTool("extra");
        }
        return text(extraVisible ? "extra added" : "extra removed");
    }

    private static GetPromptResult greeting(String name) {
        TextContent text = TextContent.builder("Greet " + name + ".").build();
        return GetPromptResult.builder(
                        List.of(PromptMessage.builder(Role.USER, text).build()))
                .build();
    }

    private static CompleteResult names(String start) {
        return new CompleteResult(new CompleteCompletion(
                NAMES.stream().filter(name -> name.startsWith(start)).toList()));
    }

    private static BiFunction<McpSyncServerExchange, ReadResourceRequest, ReadResourceResult> reading(String content) {
        return (exchange, read) -> ReadResourceResult.builder(List.of(
                        TextResourceContents.builder(read.uri(), content).build()))
                .build();
    }

    private static Tool tool(String name) {
        return Tool.builder(name, ANYTHING).description(name).build();
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder(List.of(TextContent.builder(text).build()))
                .build();
    }

    private static String argument(CallToolRequest call, String name, String absent) {
        return call.arguments().get(name) instanceof String given ? given : absent;
    }

    private static int argument(CallToolRequest call, String name, int absent) {
        return call.arguments().get(name) instanceof Number given ? given.intValue() : absent;
    }

    @Override
    public void close() {
        server.close();
    }
}
