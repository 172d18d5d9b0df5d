/**
 * MCP over pipes, on both sides of the gate.
 *
 * <p>Towards servers: a {@link io.mcpgate.stdio.StdioCommand} says how a server is started, and a
 * {@link io.mcpgate.stdio.StdioConnector} starts one child process for each connection. Inside, {@code Launch} starts it in
 * a session of its own, {@code StdioConnection} joins its pipes with the bookkeeping of
 * {@link io.mcpgate.core.protocol.Duplex}, and {@code Shutdown} ends it together with whatever it has started.
 *
 * <p>Towards the client: {@link io.mcpgate.stdio.StdioEdge} serves the one client at the other end of this process's own
 * stdin and stdout.
 *
 * <p>Both sides read with {@code LineReader}, which never holds more than one line of the permitted length, and write with
 * {@code LineWriter}, which never makes its caller wait. Pipes are read and written on plain threads: a virtual thread in a
 * blocking file operation holds its carrier, so a few quiet children would stop all others.
 */
@NullMarked
package io.mcpgate.stdio;

import org.jspecify.annotations.NullMarked;
