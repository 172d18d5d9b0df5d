/**
 * The server side of Streamable HTTP, whatever serves the HTTP. Start at {@link io.mcpgate.http.endpoint.McpEndpoint}; an
 * engine brings it requests as {@link io.mcpgate.http.endpoint.HttpExchange}.
 *
 * <p>A request passes the front door (name, page, path, method, types), its credential is found but not judged, its body is
 * read by the gateway's strict reader, and then one of two eras makes a call of it: the modern one, where each request
 * stands for itself, or the legacy one, where it belongs to a session. The gate identifies, decides and records; what comes
 * back becomes a status and a body, or events of a stream. In a legacy session such a stream outlives its connection: its
 * last events are kept for a client that comes back.
 */
@NullMarked
package io.mcpgate.http.endpoint;

import org.jspecify.annotations.NullMarked;
