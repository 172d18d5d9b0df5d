package io.mcpgate.sdk;

import io.mcpgate.AttributeKey;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway does for applications on the official Java SDK.
 *
 * <pre>{@code
 * McpClientTransport governed = McpSdk.wrap(gateway, "crm", Principal.of("ann", "sales"), transport);
 * McpSyncClient client = McpClient.sync(governed).build();
 * }</pre>
 *
 * <p>Works with the SDK's versions from 0.17 to 2.1, whichever the host has. Nothing here opens a port or starts a thread.
 */
public final class McpSdk {
    /** Under this key calls carry the transport context that the host has provided, for the host's own steps. */
    public static final AttributeKey<McpTransportContext> TRANSPORT_CONTEXT =
            AttributeKey.of("transport context", McpTransportContext.class);

    private McpSdk() {}

    /**
     * A client's transport, governed: whatever the client and its server say to each other passes the gateway, in this
     * process. Use it in place of {@code transport}; closing it closes that.
     *
     * @param server a server that the gateway has been told of by {@code builder.wrapped(server)}
     * @param principal who the client is
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpClientTransport wrap(Gate gate, String server, Principal principal, McpClientTransport transport) {
        return wrap(gate, server, context -> principal, transport);
    }

    /**
     * A client's transport, governed, for a client that speaks for several: who calls is asked for each call.
     *
     * @param who says so by what the client's {@code transportContextProvider} has given, or by
     *     {@link McpTransportContext#EMPTY}; must not block. {@link Principal#UNIDENTIFIED} is refused
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpClientTransport wrap(
            Gate gate, String server, Function<McpTransportContext, Principal> who, McpClientTransport transport) {
        return GovernedClientTransport.over(gate, server, who, transport);
    }

    /**
     * The gateway as a client's transport: one client talks to a server behind the gateway, or to all of them, by whatever
     * transports and in whatever revisions those speak. No port is opened. Closing it leaves the gateway open.
     *
     * @param server the governed server; {@code null} for the merged catalog of all of them
     * @param principal who the client is
     * @param mapper the host's own, e.g. {@code McpJsonDefaults.getMapper()}
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpClientTransport clientTransport(
            Gate gate, @Nullable String server, Principal principal, McpJsonMapper mapper) {
        return new GateClientTransport(gate, server, principal, mapper);
    }
}
