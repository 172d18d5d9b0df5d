package io.mcpgate.examples.embed;

import java.util.function.Consumer;

/** One end of a conversation, as a stack might have it that the gateway has never heard of: it carries JSON texts. */
public interface Wire {
    /** Sends one message to the other end, in the order of calls. */
    void send(String message);

    /** Says who takes what the other end sends; asked before anything is sent. */
    void onMessage(Consumer<String> handler);
}
