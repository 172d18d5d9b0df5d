package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.route.Connector;
import io.mcpgate.examples.cli.TinyServer;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.sdk.InProcessServer;
import io.mcpgate.stdio.StdioCommand;
import io.mcpgate.stdio.StdioConnector;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OneClientOverManyServersTest {
    private static final Principal ANN = Principal.of("ann", "sales");

    private final InProcessServer inProcess = new InProcessServer(Crm.json());
    private final McpSyncServer crm = new Crm().on(inProcess);

    @AfterEach
    void close() {
        crm.close();
    }

    private static RolePolicyStore allowing(Grant... grants) {
        return new RolePolicyStore(List.of(Role.allowing("sales", grants)));
    }

    @Test
    void findsToolsOfAServerInThisProcessAndOfAChildProcess() {
        Map<String, Connector> servers =
                Map.of("crm", inProcess, "tiny", new StdioConnector("tiny", StdioCommand.of(TinyServer.command())));
        RolePolicyStore policies = allowing(Grant.tools("crm", "find"), Grant.tools("tiny", "search"));
        try (Gateway gateway = OneClientOverManyServers.gateway(servers, policies);
                McpSyncClient client =
                        OneClientOverManyServers.client(gateway, ANN).build()) {
            client.initialize();

            assertThat(client.listTools().tools())
                    .extracting(Tool::name)
                    .containsExactlyInAnyOrder("crm__find", "tiny__search");
            assertThat(textOf(client.callTool(call("crm__find")))).isEqualTo("found x");
            assertThat(textOf(client.callTool(call("tiny__search")))).contains("TINY_SECRET");
        }
    }

    @Test
    void asksTheUserWhatAServerOfTheLatestRevisionAsks() {
        NodeFixtures.assumeNode();
        StdioCommand modern = StdioCommand.of(NodeFixtures.fixtureServerStdio("--modern-only"));
        Map<String, Connector> servers = Map.of("crm", inProcess, "modern", new StdioConnector("modern", modern));
        RolePolicyStore policies = allowing(Grant.everything("crm"), Grant.everything("modern"));
        try (Gateway gateway = OneClientOverManyServers.gateway(servers, policies);
                McpSyncClient client = OneClientOverManyServers.client(gateway, ANN)
                        .elicitation(request -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of("name", "Ada")))
                        .build()) {
            client.initialize();

            assertThat(client.listTools().tools()).extracting(Tool::name).contains("crm__find", "modern__ask");
            assertThat(textOf(client.callTool(CallToolRequest.builder("modern__ask")
                            .arguments(Map.of("question", "Who?"))
                            .build())))
                    .contains("accept", "Ada");
            assertThat(textOf(client.callTool(call("crm__ask")))).isEqualTo("the user says ACCEPT");
        }
    }
}
