package io.mcpgate.langchain4j;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.langchain4j.mcp.protocol.McpClientMethod;
import dev.langchain4j.mcp.protocol.McpInitializeRequest;
import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Envelope;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A message that the gateway has changed or made itself: transports write it as it is. Also for what LangChain4j has no class
 * for, as error responses and methods that it does not know.
 */
final class NodeMessage extends McpClientMessage implements JsonSerializable {
    private final ObjectNode json;

    /**
     * A message.
     *
     * @param pending the id under which the transport waits for a response; {@code null} if it shall not wait, also where the
     *     message has an id because it is a response
     * @param method what LangChain4j calls the method, if it knows it
     */
    private NodeMessage(@Nullable Long pending, @Nullable McpClientMethod method, ObjectNode json) {
        super(pending, method);
        this.json = json;
    }

    /** A response to the server. */
    static McpClientMessage response(RequestId id, Reply reply) {
        return new NodeMessage(null, null, Nodes.response(id, reply));
    }

    /**
     * The message for a call that is not, or no longer, as the host has made it.
     *
     * @param pending the id of a request; {@code null} for a notification
     */
    static McpClientMessage of(Call call, @Nullable Long pending, @Nullable McpClientMethod method) {
        RequestId id = pending == null ? null : RequestId.of(pending);
        ObjectNode json = Nodes.write(new Envelope.Request(id, call.method(), call.params()));
        return pending != null && call.method().equals("initialize")
                ? new Initialize(pending, json)
                : new NodeMessage(pending, method, json);
    }

    @Override
    public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
        out.writeTree(json);
    }

    @Override
    public void serializeWithType(JsonGenerator out, SerializerProvider provider, TypeSerializer type)
            throws IOException {
        out.writeTree(json);
    }

    /** An {@code initialize} that the gateway has changed: transports know it by its class. */
    static final class Initialize extends McpInitializeRequest implements JsonSerializable {
        private final ObjectNode json;

        Initialize(Long id, ObjectNode json) {
            super(id);
            this.json = json;
        }

        @Override
        public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeTree(json);
        }

        @Override
        public void serializeWithType(JsonGenerator out, SerializerProvider provider, TypeSerializer type)
                throws IOException {
            out.writeTree(json);
        }
    }
}
