package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import java.util.concurrent.CompletionStage;

/** What a transport edge needs of the gateway: a {@link Gateway}, or one that is replaced now and then. */
public interface Gate {

    /**
     * Takes a message of a client through the gate.
     *
     * @return its reply; never fails: what breaks inside is an internal error with a correlation id
     */
    CompletionStage<Reply> handle(Call call);

    /** A client's session has ended; what upstreams hold for it is given back. */
    void ended(Session session);

    /** The reader with which edges read what they receive. */
    JsonReader reader();

    /** Whether there is a governed server of that name. */
    boolean governs(String server);

    /** Whether there is one of that name whose transports the host brings. */
    boolean wraps(String server);
}
