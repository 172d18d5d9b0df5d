package io.mcpgate.core.route;

/** Who shares one connection to an upstream server. */
public enum Sharing {
    /**
     * Each client session has its own: what one does (subscriptions, log levels, state) no other sees, and what the server
     * asks reaches the client that it concerns. The default.
     */
    SESSION,
    /**
     * All sessions of all principals share one. For servers that keep no state between calls: it saves processes. The
     * gateway makes the handshake and declares no client capabilities, because a request of the server could not be
     * brought to the right client.
     */
    ALL
}
