package io.mcpgate.examples.embed;

import io.mcpgate.Principal;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import java.util.List;
import java.util.Map;

/**
 * An application has a client of the official SDK and a transport for it: one line puts the gateway between the two. The
 * connection stays the application's, whatever it is; nothing is opened and no thread is added.
 */
public final class GovernSdkClient {
    private GovernSdkClient() {}

    /** One gateway for the whole application, which closes it. Whose transports it gets, it is told by {@code wrapped}. */
    public static Gateway gateway(AuditSink audit) {
        return Gateway.builder()
                .wrapped("crm")
                .authenticator(new ApiKeys(Map.of(), null)) // no keys: the application itself says who calls
                .policies(new RolePolicyStore(List.of(Role.allowing("sales", Grant.tools("crm", "find*")))))
                .limit(Limit.of("burst", Limit.Per.PRINCIPAL, Rate.parse("100/s")))
                .audit(audit)
                .build();
    }

    /** The client as before, but for the one line. Closing it closes the transport and leaves the gateway open. */
    public static McpSyncClient client(Gateway gateway, McpClientTransport transport) {
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", Principal.of("ann", "sales"), transport);
        return McpClient.sync(governed).build();
    }
}
