package io.mcpgate.examples.embed;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.McpSdk;
import io.mcpgate.stdio.StdioCommand;
import io.mcpgate.stdio.StdioConnector;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.util.List;
import java.util.Map;

/**
 * An agent is given a tool that somebody else wrote, a program that speaks over stdio, and gets no more of it than is needed:
 * the gateway starts the program, tells it nothing of this process's environment, and hides what is not allowed. It also
 * bears what the SDK's own stdio client does not: text on stdout that is no message, and a program that dies.
 */
public final class WrapLocalTool {
    private static final String TOOL = "tool";

    private WrapLocalTool() {}

    /**
     * A gateway in front of the program, which runs from the first call on until the client or the gateway is closed.
     *
     * @param command the program, e.g. {@code StdioCommand.of("npx", "-y", "@modelcontextprotocol/server-everything")}
     * @param allowed globs of the tools that the agent may use
     */
    public static Gateway gateway(StdioCommand command, String... allowed) {
        return Gateway.builder()
                .server(TOOL, new StdioConnector(TOOL, command))
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing("agent", Grant.tools(TOOL, allowed)))))
                .build();
    }

    /** The agent's client. */
    public static McpSyncClient client(Gateway gateway) {
        Principal agent = Principal.of("my-agent", "agent");
        return McpClient.sync(McpSdk.clientTransport(gateway, TOOL, agent, McpJsonDefaults.getMapper()))
                .build();
    }
}
