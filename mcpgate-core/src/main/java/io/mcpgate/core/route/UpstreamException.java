package io.mcpgate.core.route;

/**
 * An upstream server could not be reached or started. The message says what happened in words that callers may see: no
 * secrets, no payloads, no stack.
 */
public class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UpstreamException(String message) {
        super(message);
    }

    public UpstreamException(String message, Throwable cause) {
        super(message, cause);
    }
}
