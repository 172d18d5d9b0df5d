package io.mcpgate.http.endpoint;

import io.mcpgate.core.json.Frame;
import java.util.concurrent.CompletionStage;

/** Where the messages for a client go: a connection, or what outlives connections. Safe for use by many threads. */
interface MessageStream {

    /**
     * Sends a message behind those that were sent before.
     *
     * @return completes when it was taken, which is the back-pressure; fails if it never will reach the client
     */
    CompletionStage<Void> send(Frame frame);

    /** Shows the client that it is heard, also when there is no message for it yet. */
    void greet();

    /** Nothing follows. */
    void end();
}
