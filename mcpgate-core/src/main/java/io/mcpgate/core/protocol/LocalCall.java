package io.mcpgate.core.protocol;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Session;

/**
 * What a client asks of the gateway and not of a server: opening its stream, answering a server's request, ending its
 * session. On the wire these are no JSON-RPC calls, but they pass the same steps, so that nothing goes unidentified,
 * undecided or unrecorded.
 */
public enum LocalCall {
    /** The client opens a stream for what servers send on their own (HTTP GET). */
    STREAM("mcpgate/stream"),
    /** The client answers a request of a server. */
    ANSWER("mcpgate/answer"),
    /** The client ends its session (HTTP DELETE). */
    END("mcpgate/end"),
    /** Something that an edge refuses before it becomes a call; it goes to the gate to be recorded, never to be allowed. */
    REFUSED("mcpgate/refused");

    /** Methods of this form are the gateway's own; one that comes from a wire is refused. */
    public static final String PREFIX = "mcpgate/";

    private static final AttributeKey<LocalCall> KEY = AttributeKey.of("local call", LocalCall.class);

    private final String method;

    LocalCall(String method) {
        this.method = method;
    }

    /** Such a call. */
    public Call on(Session session) {
        return Call.notification(method, Payload.empty(), session).with(KEY, this);
    }

    /** Whether a call is for the gateway itself; its method's name alone does not make it so. */
    public static boolean is(Call call) {
        return call.attribute(KEY).isPresent();
    }
}
