package io.mcpgate.core.route;

/** The connection had ended before the server saw the call. */
public final class ConnectionLost extends UpstreamException {
    private static final long serialVersionUID = 1L;

    public ConnectionLost(String message) {
        super(message);
    }
}
