package io.mcpgate.sdk;

import io.mcpgate.AttributeKey;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
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
@SuppressWarnings("exports") // the SDK is optional, and named by who uses it
public final class McpSdk {
    /** Under this key calls carry the transport context that the host has provided, for the host's own steps. */
    public static final AttributeKey<McpTransportContext> TRANSPORT_CONTEXT =
            AttributeKey.inherited("transport context", McpTransportContext.class);

    /**
     * Under this key a server's own code finds the id of the principal that calls, a {@code String}, in its transport
     * context: {@code exchange.transportContext().get(McpSdk.PRINCIPAL)}. Beside it stands what the host has put there.
     * Nothing stands there where nobody has been identified: without a gateway.
     */
    public static final String PRINCIPAL = "io.mcpgate/principal";

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
     * A client's transport, governed, for a client that speaks for several: who calls is asked for each call. Who answers a
     * question of the server is who was asked, which is who has made the call to which it belongs.
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

    /**
     * The transports of a server's clients, governed: stdio or SSE. Build the server on what this returns, in place of
     * {@code provider}; closing it closes that.
     *
     * <pre>{@code
     * McpServerTransportProvider governed = McpSdk.wrap(gateway, "crm", context -> credential, provider);
     * McpSyncServer server = McpServer.sync(governed).build();
     * }</pre>
     *
     * <p>A session belongs to the principal that opens it. One who shows the id of another's session gets an error where
     * that is answered, which is the POST; nothing of it reaches the session's own stream.
     *
     * <p>What the provider does before a message is one stays as it is: a stdio provider ends at the first line that it
     * cannot read, an SSE provider notices that a client has gone when it next sends, and answers no credential with 401.
     *
     * @param server a server that the gateway has been told of by {@code builder.wrapped(server)}
     * @param who says who calls, for each message and for {@code initialize} too, by what the provider's
     *     {@code contextExtractor} has taken from the request, or by {@link McpTransportContext#EMPTY} where there is none, as
     *     with stdio; must not block. If it throws, the message is refused
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpServerTransportProvider wrap(
            Gate gate,
            String server,
            Function<McpTransportContext, Credential> who,
            McpServerTransportProvider provider) {
        return new GovernedServerProvider(gate, server, who, provider);
    }

    /**
     * The transport of a stateless server, governed: build the server on what this returns, in place of {@code transport};
     * closing it closes that.
     *
     * <p>Each request is made by whoever {@code who} says. Whoever cancels the {@code Mono} of a response cancels the call.
     *
     * @param server a server that the gateway has been told of by {@code builder.wrapped(server)}
     * @param who says who calls, for each message, by what the transport's {@code contextExtractor} has taken from the
     *     request; must not block. If it throws, the message is refused
     * @param mapper the host's own, e.g. {@code McpJsonDefaults.getMapper()}; this kind of transport does not lend its own
     * @throws IllegalArgumentException if the gateway has no such server
     */
    public static McpStatelessServerTransport wrap(
            Gate gate,
            String server,
            Function<McpTransportContext, Credential> who,
            McpStatelessServerTransport transport,
            McpJsonMapper mapper) {
        return new GovernedStatelessTransport(gate, server, who, transport, mapper);
    }
}
