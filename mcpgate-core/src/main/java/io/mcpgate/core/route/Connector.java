package io.mcpgate.core.route;

import io.mcpgate.Session;
import io.mcpgate.core.protocol.Duplex;
import java.util.concurrent.CompletionStage;

/** Opens connections to one upstream server. The part of an upstream that a transport contributes. */
public interface Connector extends AutoCloseable {

    /**
     * Opens a connection. For a child process this starts it; for HTTP it may do nothing yet.
     *
     * @param client the session that will use it
     * @param origin takes what the server sends on its own
     * @return fails with an {@link UpstreamException} whose message may be shown to callers
     */
    CompletionStage<Connection> connect(Session client, Duplex.Origin origin);

    /** Where this leads, for logs and messages: no secrets. */
    String describe();

    /** Ends what is shared by all connections. Connections are closed before. */
    @Override
    void close();
}
