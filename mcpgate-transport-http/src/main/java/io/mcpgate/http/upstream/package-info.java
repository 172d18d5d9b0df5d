/**
 * MCP servers behind HTTP. Start at {@link io.mcpgate.http.upstream.HttpConnector}; a
 * {@link io.mcpgate.core.route.PooledUpstream} around it is an upstream.
 *
 * <p>In the order in which a call meets them: a connection (one class for each era) writes the headers and posts the
 * frame; {@code Exchanges} bounds what is under way, and an {@code Exchange} makes sure that each request has one end;
 * the {@link io.mcpgate.http.upstream.HttpEngine} speaks HTTP, and there are two of them; the {@code Answer} reads what
 * comes back: by its status and media type first, then as one JSON text or as a stream of events, each of them read by the
 * gateway's only JSON reader. What is no MCP becomes a failure in our own words and goes no further.
 *
 * <p>Two things are of the legacy era only. A call's stream that ends before the response is gone on with by a {@code
 * Resumption}; the call itself is never sent twice. And a server may speak only the transport of 2024-11-05: a {@code
 * DetectingConnection} finds that out by the handshake, and an {@code SseConnection} speaks it.
 */
@NullMarked
package io.mcpgate.http.upstream;

import org.jspecify.annotations.NullMarked;
