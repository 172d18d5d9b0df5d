package io.mcpgate.http.upstream;

/** By which transport a server of the legacy era is spoken to. */
public enum LegacyTransport {
    /**
     * Streamable HTTP; and if the server refuses the handshake as one does that does not know it, HTTP+SSE. What was found
     * out is kept until it fails. The default.
     */
    DETECT,
    /** Streamable HTTP, of 2025-03-26 to 2025-11-25, and nothing else. */
    STREAMABLE_HTTP,
    /** HTTP+SSE, of 2024-11-05, and nothing else. */
    HTTP_SSE
}
