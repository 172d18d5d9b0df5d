package io.mcpgate.core.route;

/** The server is there, and refuses the handshake that the gateway made: it may not know what one is. */
final class HandshakeRefused extends UpstreamException {
    private static final long serialVersionUID = 1L;

    HandshakeRefused() {
        super("it refused the handshake");
    }
}
