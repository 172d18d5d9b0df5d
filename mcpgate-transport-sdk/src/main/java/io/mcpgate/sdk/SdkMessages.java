package io.mcpgate.sdk;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Envelope;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The SDK's messages as the gateway's and back. Only constructors and accessors that the SDK has had since 0.17 are used: its
 * records have grown others.
 */
final class SdkMessages {
    private static final int LONG_DIGITS = 19; // fewer always fit

    private static final TypeRef<Map<String, Object>> MAP = new TypeRef<>() {};

    private final Mapper mapper;

    /** @param mapper the host's own, by way of one of its transports */
    SdkMessages(Mapper mapper) {
        this.mapper = mapper;
    }

    /** {@code McpTransport#unmarshalFrom} or {@code McpJsonMapper#convertValue}. */
    @FunctionalInterface
    interface Mapper {
        <T> T convert(Object value, TypeRef<T> type);
    }

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException if it is none of the four that there are
     */
    Envelope read(JSONRPCMessage message) {
        if (message instanceof JSONRPCRequest request) {
            return new Envelope.Request(requestId(request.id()), request.method(), payload(request.params()));
        }
        if (message instanceof JSONRPCNotification notification) {
            return new Envelope.Request(null, notification.method(), payload(notification.params()));
        }
        if (message instanceof JSONRPCResponse response) {
            return read(response);
        }
        throw new IllegalArgumentException(
                "No message of JSON-RPC: a " + message.getClass().getName());
    }

    private Envelope read(JSONRPCResponse response) {
        JSONRPCError error = response.error();
        Object id = response.id();
        if (error == null) {
            return new Envelope.Result(requestId(id), payload(response.result()));
        }
        return new Envelope.Failed(
                id == null ? null : requestId(id),
                error.code() == null ? McpSchema.ErrorCodes.INTERNAL_ERROR : error.code(),
                error.message() == null ? "" : error.message(),
                error.data() == null ? null : payload(error.data()));
    }

    /** A body of any kind; absent is the empty object. */
    Payload payload(@Nullable Object body) {
        return body == null ? Payload.empty() : new SdkPayload(body, this::map);
    }

    /** Bodies are objects; the data of an error may be anything, and is kept under one name where it is no object. */
    private Map<String, Object> map(Object body) {
        if (body instanceof String || body instanceof Number || body instanceof Boolean || body instanceof Iterable) {
            return Map.of("data", body);
        }
        return mapper.convert(body, MAP);
    }

    /** A message for the SDK. */
    JSONRPCMessage write(Envelope message) {
        if (message instanceof Envelope.Request request) {
            RequestId id = request.id();
            return id == null
                    ? new JSONRPCNotification(McpSchema.JSONRPC_VERSION, request.method(), params(request.params()))
                    : new JSONRPCRequest(McpSchema.JSONRPC_VERSION, request.method(), id(id), params(request.params()));
        }
        if (message instanceof Envelope.Result response) {
            return new JSONRPCResponse(McpSchema.JSONRPC_VERSION, id(response.id()), body(response.result()), null);
        }
        Envelope.Failed failed = (Envelope.Failed) message;
        RequestId id = failed.id();
        Payload data = failed.data();
        JSONRPCError error = new JSONRPCError(failed.code(), failed.message(), data == null ? null : body(data));
        return new JSONRPCResponse(McpSchema.JSONRPC_VERSION, id == null ? null : id(id), null, error);
    }

    private static @Nullable Object params(Payload params) {
        return params == Payload.empty() ? null : body(params);
    }

    /** What nobody has changed is the object that came in. */
    static @Nullable Object body(Payload payload) {
        return payload instanceof SdkPayload host ? host.body() : payload.value();
    }

    private static RequestId requestId(Object id) {
        if (id instanceof String text) {
            return RequestId.of(text);
        }
        boolean integer = id instanceof Long || id instanceof Integer;
        return integer ? RequestId.of(((Number) id).longValue()) : RequestId.ofInteger(String.valueOf(id));
    }

    private static Object id(RequestId id) {
        if (id.isString()) {
            return id.text();
        }
        if (id.text().length() < LONG_DIGITS) {
            return Long.valueOf(id.text());
        }
        BigInteger number = new BigInteger(id.text());
        return number.bitLength() < Long.SIZE ? (Object) number.longValueExact() : number; // the SDK knows longs only
    }
}
