package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.langchain4j.mcp.protocol.McpInitializeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A transport without a server: the test looks at what was sent and says what comes. */
final class ScriptedTransport implements McpTransport {
    static final ObjectMapper JSON = new ObjectMapper();

    final List<Object> sent = new ArrayList<>();
    final List<CompletableFuture<JsonNode>> futures = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    RuntimeException broken;
    IOException closing;
    McpOperationHandler handler;
    Runnable starting = () -> {};

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** Something comes from the server. */
    void comes(String message) {
        handler.handle(json(message));
    }

    /** What would be on the wire. */
    JsonNode wire(int index) {
        Object message = sent.get(index);
        return JSON.valueToTree(message instanceof McpCallContext context ? context.message() : message);
    }

    JsonNode lastOnWire() {
        return wire(sent.size() - 1);
    }

    @Override
    public void start(McpOperationHandler messageHandler) {
        starting.run();
        handler = messageHandler;
    }

    @Override
    public CompletableFuture<JsonNode> initialize(McpInitializeRequest request) {
        return executeOperationWithResponse(request);
    }

    @Override
    public CompletableFuture<JsonNode> executeOperationWithResponse(McpClientMessage request) {
        return send(request, request);
    }

    @Override
    public CompletableFuture<JsonNode> executeOperationWithResponse(McpCallContext context) {
        return send(context, context.message());
    }

    private CompletableFuture<JsonNode> send(Object message, McpClientMessage request) {
        tell(message);
        CompletableFuture<JsonNode> future = new CompletableFuture<>();
        futures.add(future);
        handler.startOperation(request.getId(), future);
        return future;
    }

    private void tell(Object message) {
        if (broken != null) {
            throw broken;
        }
        sent.add(message);
    }

    @Override
    public void executeOperationWithoutResponse(McpClientMessage request) {
        tell(request);
    }

    @Override
    public void executeOperationWithoutResponse(McpCallContext context) {
        tell(context);
    }

    @Override
    public void checkHealth() {
        throw new IllegalStateException("I am not well");
    }

    @Override
    public void onFailure(Runnable actionOnFailure) {
        asked.add("onFailure");
        actionOnFailure.run();
    }

    @Override
    public void close() throws IOException {
        asked.add("close");
        if (closing != null) {
            throw closing;
        }
    }

    @Override
    public String toString() {
        return "Scripted";
    }
}
