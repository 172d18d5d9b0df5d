package io.mcpgate.policy;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import java.util.Objects;

/**
 * The question that a policy answers.
 *
 * @param direction which way the message goes
 * @param server the governed server's configured name
 * @param method the method; for an entry of a list, the method that would use it (a listed tool is asked about as
 *     {@code tools/call})
 * @param target what is named, in the server's own names
 */
public record Access(Direction direction, String server, String method, Target target) {
    public Access {
        Objects.requireNonNull(direction, "direction");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
    }

    /** A question about something that the client wants of the server. */
    public static Access toServer(String server, String method, Target target) {
        return new Access(Direction.TO_SERVER, server, method, target);
    }
}
