/**
 * MCP over Streamable HTTP, both ends of it: {@code io.mcpgate.http.endpoint} is where clients come in, whatever serves the
 * HTTP; {@code io.mcpgate.http.vertx} and {@code io.mcpgate.http.servlet} serve it; {@code io.mcpgate.http.upstream} goes
 * out to servers.
 */
@NullMarked
package io.mcpgate.http;

import org.jspecify.annotations.NullMarked;
