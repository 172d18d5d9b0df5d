package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of the SDK with a user and a model behind it, which remembers what it has been told. */
@SuppressWarnings("deprecation") // older SDKs have only those
final class SampleClient implements AutoCloseable {
    final List<String> logged = new CopyOnWriteArrayList<>();
    final List<String> progress = new CopyOnWriteArrayList<>();
    final List<List<String>> changes = new CopyOnWriteArrayList<>();
    final McpClientTransport transport;
    final McpSyncClient client;

    SampleClient(McpClientTransport transport) {
        this.transport = transport;
        this.client = SdkServers.sayingYes(McpClient.sync(transport))
                .requestTimeout(Duration.ofSeconds(60))
                .initializationTimeout(Duration.ofSeconds(60))
                .capabilities(
                        ClientCapabilities.builder().elicitation().sampling().build())
                .sampling(asked -> CreateMessageResult.builder()
                        .role(Role.ASSISTANT)
                        .message("onward")
                        .model("m")
                        .build())
                .loggingConsumer(message -> logged.add(message.data()))
                .progressConsumer(told -> progress.add(told.progressToken() + " " + told.progress()))
                .toolsChangeConsumer(
                        tools -> changes.add(tools.stream().map(Tool::name).toList()))
                .build();
    }

    SampleClient initialized() {
        client.initialize();
        return this;
    }

    /** What the tool answers. */
    String call(String tool) {
        var result = client.callTool(new CallToolRequest(tool, Map.of("q", "x"), Map.of("progressToken", "mine")));
        return ((TextContent) result.content().get(0)).text();
    }

    /**
     * How a call ends that is to fail, and begins now. On a thread of its own: where there are two cores, JDK 25 has one
     * common thread for all that waits, and the JDK's HTTP client needs that as well.
     */
    CompletableFuture<Throwable> failureOf(String tool) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = new Thread(() -> failure.complete(catchThrowable(() -> call(tool))), "sample client");
        caller.setDaemon(true);
        caller.start();
        return failure;
    }

    List<String> tools() {
        return client.listTools().tools().stream().map(Tool::name).toList();
    }

    /** The SDK's clients never say so by themselves. */
    void cancel(Object requestId) {
        transport
                .sendMessage(new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", requestId)))
                .block();
    }

    @Override
    public void close() {
        client.close();
    }
}
