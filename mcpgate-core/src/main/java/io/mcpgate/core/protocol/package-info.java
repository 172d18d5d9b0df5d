/**
 * What the gateway knows about MCP and JSON-RPC beyond single messages: the revisions, the methods that list things, and
 * the bookkeeping of one connection. Both transports and both ends of the gate use the same three:
 * {@link io.mcpgate.core.protocol.Outgoing} mints ids and progress tokens and maps them back,
 * {@link io.mcpgate.core.protocol.Incoming} holds what the other side has in flight, and
 * {@link io.mcpgate.core.protocol.Duplex} joins them where messages flow both ways.
 */
@NullMarked
package io.mcpgate.core.protocol;

import org.jspecify.annotations.NullMarked;
