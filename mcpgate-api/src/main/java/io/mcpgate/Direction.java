package io.mcpgate;

/** Which way a message crosses the gate. MCP is symmetric JSON-RPC: both ends may send requests and notifications. */
public enum Direction {
    /** From the client (the agent) to the server (the tools). */
    TO_SERVER,
    /** From the server to the client: sampling, elicitation, roots, progress, logging, list changes. */
    TO_CLIENT
}
