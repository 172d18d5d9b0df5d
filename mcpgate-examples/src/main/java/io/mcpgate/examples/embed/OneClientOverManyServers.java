package io.mcpgate.examples.embed;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.route.Connector;
import io.mcpgate.policy.PolicyStore;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpClient.SyncSpec;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.util.Map;

/**
 * An agent uses several servers through one client, as if they were one: tools are named {@code crm__find} and {@code
 * files__read}, whether {@code crm} is in this process, a child process or somewhere on the network, and whatever revision it
 * speaks. The client's transport is the gateway itself, so no port is opened.
 */
public final class OneClientOverManyServers {
    private OneClientOverManyServers() {}

    /**
     * A gateway in front of them all.
     *
     * @param servers by the names that the client sees before {@code __}
     */
    public static Gateway gateway(Map<String, Connector> servers, PolicyStore policies) {
        GatewayBuilder builder =
                Gateway.builder().authenticator(new ApiKeys(Map.of(), null)).policies(policies);
        servers.forEach(builder::server);
        return builder.build();
    }

    /** A client of all that this principal may enter; {@code "crm"} in place of {@code null} is a client of that one. */
    public static SyncSpec client(Gateway gateway, Principal principal) {
        return McpClient.sync(McpSdk.clientTransport(gateway, null, principal, McpJsonDefaults.getMapper()));
    }
}
