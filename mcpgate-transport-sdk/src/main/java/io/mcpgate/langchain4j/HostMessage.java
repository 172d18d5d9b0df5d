package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.langchain4j.mcp.protocol.McpInitializeRequest;
import java.lang.reflect.RecordComponent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A message as LangChain4j hands it to a transport: alone, or with its context. It goes on in the same way.
 *
 * @param message the message
 * @param context what it came in; {@code null} if it came alone
 */
record HostMessage(McpClientMessage message, @Nullable McpCallContext context) {

    /** The message that a transport was given, if it is one. */
    static @Nullable HostMessage of(@Nullable Object argument) {
        if (argument instanceof McpCallContext context) {
            return new HostMessage(context.message(), context);
        }
        return argument instanceof McpClientMessage message ? new HostMessage(message, null) : null;
    }

    /** What can be known of the call, for those who decide by it. */
    McpCallContext known() {
        return context == null ? new McpCallContext(null, message) : context;
    }

    /** The same with another message. */
    HostMessage with(McpClientMessage changed) {
        return new HostMessage(changed, context == null ? null : copy(context, changed));
    }

    /** Component by component: later versions have more of them, headers for example. */
    private static McpCallContext copy(McpCallContext context, McpClientMessage changed) {
        RecordComponent[] components = McpCallContext.class.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = types[i] == McpClientMessage.class
                        ? changed
                        : components[i].getAccessor().invoke(context);
            }
            return McpCallContext.class.getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException changedShape) {
            throw new IllegalStateException("This LangChain4j's McpCallContext is no public record", changedShape);
        }
    }

    /** Sends a request. */
    CompletableFuture<JsonNode> ask(McpTransport transport) {
        if (message instanceof McpInitializeRequest initialize) {
            return transport.initialize(initialize);
        }
        return context == null
                ? transport.executeOperationWithResponse(message)
                : transport.executeOperationWithResponse(context);
    }

    /** Sends a notification, or a response. */
    void tell(McpTransport transport) {
        if (context == null) {
            transport.executeOperationWithoutResponse(message);
        } else {
            transport.executeOperationWithoutResponse(context);
        }
    }
}
