package io.mcpgate.route;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import java.util.concurrent.CompletionStage;

/**
 * An MCP server behind the gate. It takes a call and gives its reply; what the server sends on its own goes to
 * {@link Session#deliver} of the call's session.
 *
 * <p>Safe for use by many threads; must not block. A server that is down is a {@link Reply.Failure}, not an exception,
 * and comes back by itself.
 */
public interface Upstream extends AutoCloseable {

    /** The governed server's configured name. */
    String name();

    /**
     * Sends a call to the server.
     *
     * <p>Ids and progress tokens are the sender's; an upstream mints its own on its connection and maps them back. When
     * the call is cancelled the server is told, and the stage completes soon.
     *
     * @return the reply; {@link Reply.Accepted} for a notification that the transport has taken
     */
    CompletionStage<Reply> forward(Call call);

    /** The client's session has ended: give back what was held for it. */
    default void ended(Session session) {}

    /** Ends all connections and children. Calls in flight fail. Closing twice is harmless. */
    @Override
    void close();
}
