package io.mcpgate.core.json;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import org.jspecify.annotations.Nullable;

/** A JSON-RPC 2.0 message, read once. Members that JSON-RPC does not know are not passed on. */
public sealed interface Envelope {

    /**
     * A request or, without an id, a notification.
     *
     * @param id the sender's id
     * @param method the method
     * @param params an object, empty if there was none
     */
    record Request(@Nullable RequestId id, String method, Payload params) implements Envelope {}

    /**
     * A successful response.
     *
     * @param id the id of the request
     * @param result an object
     */
    record Result(RequestId id, Payload result) implements Envelope {

        /** What a result says of its call: that it has ended, or that the server asks for something first. */
        public static Reply reply(Payload result) {
            boolean asks =
                    result.string("resultType").filter("input_required"::equals).isPresent();
            return asks ? new Reply.InputRequired(result) : new Reply.Complete(result);
        }
    }

    /**
     * A failed response.
     *
     * @param id the id of the request; {@code null} if the other side could not read it
     * @param code the error code
     * @param message the error message
     * @param data the error data
     */
    record Failed(
            @Nullable RequestId id,
            int code,
            String message,
            @Nullable Payload data) implements Envelope {

        /** What it says of its call. */
        public Reply reply() {
            return Reply.Failure.received(code, message, data);
        }
    }
}
