/**
 * Somebody else's transport, wrapped: a stack that has its own clients, servers and messages brings those messages to the
 * gate and takes them away again. What is policy is in the chain and not here.
 *
 * <p>Begin at {@link io.mcpgate.core.wrap.Wrap}, one conversation between a client and a server with the gate between them.
 * {@link io.mcpgate.core.wrap.ClientEdge} is its half towards the client, and stands alone where the servers are the
 * gateway's own; {@link io.mcpgate.core.wrap.ServerEdge} is the half towards the server, and stands alone where that is one
 * of several behind the gateway.
 */
@NullMarked
package io.mcpgate.core.wrap;

import org.jspecify.annotations.NullMarked;
