package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a transport is started with in place of the client's own handler. Responses complete the operations that the transport
 * has begun, as ever; what the server sends on its own is handed on.
 */
final class Tap extends McpOperationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Tap.class);

    private final Map<Long, CompletableFuture<JsonNode>> pending; // as many as the link has calls in flight
    private final Consumer<JsonNode> fromServer;

    Tap(McpTransport transport, Consumer<JsonNode> fromServer) {
        this(new ConcurrentHashMap<>(), transport, fromServer);
    }

    private Tap(Map<Long, CompletableFuture<JsonNode>> pending, McpTransport transport, Consumer<JsonNode> fromServer) {
        super(
                pending,
                List::of,
                transport,
                message -> {},
                () -> {},
                () -> {},
                () -> {},
                uri -> {},
                progress -> {},
                () -> {},
                () -> {},
                (id, reason) -> {});
        this.pending = pending;
        this.fromServer = fromServer;
    }

    /** Never throws: a transport's reader may end with what it throws. */
    @Override
    public void handle(JsonNode message) {
        try {
            if (message.has("method")) {
                fromServer.accept(message);
            } else {
                super.handle(message);
            }
        } catch (RuntimeException unhandled) { // one message must not silence the others
            LOG.error("A message of the server could not be handled", unhandled);
        }
    }

    /** An operation is over, however it has ended; transports forget only those that were answered. */
    void forget(long id) {
        pending.remove(id);
    }
}
