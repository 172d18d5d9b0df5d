package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.core.json.Frame;
import java.util.concurrent.CompletionStage;

/** Puts messages on the wire, in the order in which they are handed in. */
@FunctionalInterface
public interface Outlet {
    /**
     * Sends one message.
     *
     * @param frame the message
     * @param call the call that it carries, or that it answers; its parent says which stream it belongs to
     * @return completes when the transport has taken it; fails if it never will
     */
    CompletionStage<Void> send(Frame frame, Call call);
}
