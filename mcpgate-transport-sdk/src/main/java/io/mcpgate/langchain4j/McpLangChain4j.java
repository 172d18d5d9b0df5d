package io.mcpgate.langchain4j;

import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpTransport;
import io.mcpgate.AttributeKey;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import java.util.function.Function;

/**
 * What the gateway does for applications on LangChain4j.
 *
 * <pre>{@code
 * McpTransport governed = McpLangChain4j.wrap(gateway, "crm", Principal.of("ann", "sales"), transport);
 * McpClient client = DefaultMcpClient.builder().transport(governed).build();
 * }</pre>
 *
 * <p>Works with any transport, of LangChain4j or of somebody else. A refused name is answered as the server answers one that
 * it does not know, every other refusal is an error response, except that of {@code initialize}: LangChain4j overlooks an
 * error there, so its future fails. Nothing here opens a port, starts a thread or moves work to another one.
 */
@SuppressWarnings("exports") // LangChain4j is optional, and named by who uses it
public final class McpLangChain4j {
    /** Under this key calls carry what LangChain4j tells its transports of them, for the host's own steps. */
    public static final AttributeKey<McpCallContext> CALL_CONTEXT =
            AttributeKey.inherited("LangChain4j call context", McpCallContext.class);

    private McpLangChain4j() {}

    /**
     * A transport, governed: whatever the client and its server say to each other passes the gateway, in this process. Use
     * it in place of {@code transport}; closing it closes that.
     *
     * @param server a server that the gateway has been told of by {@code builder.wrapped(server)}
     * @param principal who the client is
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpTransport wrap(Gate gate, String server, Principal principal, McpTransport transport) {
        return wrap(gate, server, context -> principal, transport);
    }

    /**
     * A transport, governed, for a client that speaks for several: who calls is asked for each call.
     *
     * @param who says so by the context of the call. That has no invocation context when LangChain4j itself speaks, as in
     *     {@code initialize}, {@code ping} and notifications. Must not block. {@link Principal#UNIDENTIFIED} is refused
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpTransport wrap(
            Gate gate, String server, Function<McpCallContext, Principal> who, McpTransport transport) {
        return GovernedTransport.over(gate, server, who, transport);
    }
}
