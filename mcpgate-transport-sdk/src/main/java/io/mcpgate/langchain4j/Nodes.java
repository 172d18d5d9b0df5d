package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Messages as nodes of Jackson's, and back. */
final class Nodes {
    private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

    /** As LangChain4j's transports have it, so that what is decided on is what they would write. */
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Numbers keep all their digits. */
    private static final ObjectMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Nodes() {}

    /** A message of LangChain4j's as its transports would write it. */
    static ObjectNode tree(McpClientMessage message) {
        return MAPPER.valueToTree(message);
    }

    /** A body; absent is the empty object. */
    static Payload payload(@Nullable JsonNode body) {
        return body == null ? Payload.empty() : new NodePayload(body);
    }

    /** What nobody has changed is the node that came in. */
    static JsonNode body(Payload payload) {
        if (payload instanceof NodePayload node) {
            return node.body();
        }
        ByteBuffer json = payload.json();
        byte[] bytes = new byte[json.remaining()];
        json.get(bytes);
        try {
            return EXACT.readTree(bytes);
        } catch (IOException broken) {
            throw new UncheckedIOException("A payload that is no JSON", broken);
        }
    }

    /** The id of a message; {@code null} if there is none, or one that JSON-RPC does not know. */
    static @Nullable RequestId id(@Nullable JsonNode id) {
        if (id == null || !(id.isTextual() || id.isIntegralNumber())) {
            return null;
        }
        return id.isTextual() ? RequestId.of(id.textValue()) : RequestId.ofInteger(id.asText());
    }

    private static JsonNode id(@Nullable RequestId id) {
        if (id == null) {
            return FACTORY.nullNode();
        }
        if (id.isString()) {
            return FACTORY.textNode(id.text());
        }
        BigInteger number = new BigInteger(id.text());
        return number.bitLength() < Long.SIZE ? FACTORY.numberNode(number.longValue()) : FACTORY.numberNode(number);
    }

    /** A response of the other side, as the reply that it is. */
    static Reply reply(JsonNode message) {
        JsonNode error = message.get("error");
        if (error != null && !error.isNull()) {
            JsonNode data = error.get("data");
            return Reply.Failure.received(
                    error.path("code").asInt(ErrorCode.INTERNAL.code()),
                    error.path("message").asText(""),
                    data == null ? null : new NodePayload(data));
        }
        return Envelope.Result.reply(payload(message.get("result")));
    }

    /** The response that says so. */
    static ObjectNode response(RequestId id, Reply reply) {
        return write(Frame.response(id, reply).message());
    }

    /** A message; bodies that are nodes are not copied. */
    static ObjectNode write(Envelope message) {
        ObjectNode node = FACTORY.objectNode().put("jsonrpc", "2.0");
        if (message instanceof Envelope.Request request) {
            if (request.id() != null) {
                node.set("id", id(request.id()));
            }
            node.put("method", request.method());
            if (request.params() != Payload.empty()) {
                node.set("params", body(request.params()));
            }
            return node;
        }
        if (message instanceof Envelope.Result response) {
            node.set("id", id(response.id()));
            node.set("result", body(response.result()));
            return node;
        }
        Envelope.Failed failed = (Envelope.Failed) message;
        node.set("id", id(failed.id()));
        ObjectNode error = node.putObject("error").put("code", failed.code()).put("message", failed.message());
        if (failed.data() != null) {
            error.set("data", body(failed.data()));
        }
        return node;
    }
}
