package io.mcpgate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a call ended, as far as the other side says. Values: a step that wants another answer returns another reply. */
public sealed interface Reply {

    /**
     * The request succeeded.
     *
     * @param result the JSON-RPC {@code result}
     */
    record Complete(Payload result) implements Reply {
        public Complete {
            Objects.requireNonNull(result, "result");
        }
    }

    /**
     * The server needs something from the client before it can finish (MCP 2026-07-28, multi-round-trip): the client
     * calls again with the answers and the same state. Never cached.
     *
     * @param result the whole result, whose {@code resultType} is {@code input_required}
     */
    record InputRequired(Payload result) implements Reply {
        public InputRequired {
            Objects.requireNonNull(result, "result");
        }

        /** What is asked for, by the server's keys and in its order. Entries that are no request are left out. */
        public Map<String, Request> requests() {
            Map<String, Request> requests = new LinkedHashMap<>();
            if (result.members().get("inputRequests") instanceof Map<?, ?> asked) {
                asked.forEach((key, request) -> Request.of(request).ifPresent(r -> requests.put((String) key, r)));
            }
            return requests;
        }

        /** The opaque state that the client must send back unchanged. */
        public Optional<String> state() {
            return result.string("requestState");
        }
    }

    /**
     * One request inside an {@link InputRequired}.
     *
     * @param method e.g. {@code elicitation/create}
     * @param params its params
     */
    record Request(String method, Payload params) {
        private static Optional<Request> of(@Nullable Object value) {
            if (value instanceof Map<?, ?> map && map.get("method") instanceof String method) {
                return Optional.of(new Request(method, params(map.get("params"))));
            }
            return Optional.empty();
        }

        @SuppressWarnings("unchecked")
        private static Payload params(@Nullable Object params) {
            return params instanceof Map<?, ?> map ? Payload.of((Map<String, ?>) map) : Payload.empty();
        }
    }

    /**
     * The request failed, or was refused.
     *
     * @param code the JSON-RPC error code
     * @param message one sentence for people; never a payload, never a secret
     * @param data the JSON-RPC {@code error.data}
     * @param kind the gateway's own reason; {@code null} for an error that the other side sent
     */
    record Failure(
            int code,
            String message,
            @Nullable Payload data,
            @Nullable ErrorCode kind) implements Reply {
        public Failure {
            Objects.requireNonNull(message, "message");
        }

        /** A failure of the gateway's own; its data says the reason in one stable word. */
        public static Failure of(ErrorCode kind, String message) {
            return of(kind, message, Map.of());
        }

        /** A failure of the gateway's own, with further members for its data. */
        public static Failure of(ErrorCode kind, String message, Map<String, ?> details) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("reason", kind.reason());
            data.putAll(details);
            return new Failure(kind.code(), message, Payload.of(data), kind);
        }

        /** A failure that the other side sent, to be passed on as it is. */
        public static Failure received(int code, String message, @Nullable Payload data) {
            return new Failure(code, message, data, null);
        }

        /** Whether the gateway itself answered this, for that reason. */
        public boolean is(ErrorCode expected) {
            return kind == expected;
        }
    }

    /** A notification was taken. There is nothing to say about what became of it. */
    record Accepted() implements Reply {
        private static final Accepted INSTANCE = new Accepted();
    }

    /** The result of a request. */
    static Reply complete(Payload result) {
        return new Complete(result);
    }

    /** The only reply to a notification that was not refused. */
    static Reply accepted() {
        return Accepted.INSTANCE;
    }

    /** A failure of the gateway's own. */
    static Reply failure(ErrorCode kind, String message) {
        return Failure.of(kind, message);
    }
}
