package io.mcpgate.http.endpoint;

import java.time.Duration;

/** What an engine adds to scenarios: it serves their endpoint. */
interface Served {
    /** Serves the endpoint on a port of 127.0.0.1; a body must come in within that time. */
    Engine serve(McpEndpoint endpoint, Duration bodyTimeout) throws Exception;

    /** Something that serves. */
    interface Engine extends AutoCloseable {
        int port();

        @Override
        void close();
    }
}
