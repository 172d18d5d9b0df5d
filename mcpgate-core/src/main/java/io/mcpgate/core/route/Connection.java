package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import java.util.concurrent.CompletionStage;

/** One conversation with an upstream server, on behalf of one client session (or of all that share it). */
public interface Connection extends AutoCloseable {

    /**
     * Sends a call.
     *
     * @return its reply. Fails with a {@link ConnectionLost} if, and only if, the server has certainly not begun to work
     *     on it because the connection or its session had ended before: then it is safe to send it again
     */
    CompletionStage<Reply> send(Call call);

    /** Whether it can be used. A lost connection never comes back; a new one is opened. */
    boolean isOpen();

    /** Ends the conversation: tells the server if its protocol has a word for it. Closing twice is harmless. */
    @Override
    void close();
}
