package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.core.Gateway;
import io.mcpgate.examples.cli.TinyServer;
import io.mcpgate.stdio.StdioCommand;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.junit.jupiter.api.Test;

class WrapLocalToolTest {
    @Test
    void givesTheAgentOnlyWhatItMayUse() {
        try (Gateway gateway = WrapLocalTool.gateway(StdioCommand.of(Crm.program()), "echo");
                McpSyncClient client = WrapLocalTool.client(gateway)) {
            client.initialize();

            assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("echo");
            assertThat(textOf(client.callTool(call("echo")))).isEqualTo("Echo: null");
            assertThatThrownBy(() -> client.callTool(call("get-env"))).isInstanceOf(McpError.class);
        }
    }

    @Test
    void tellsTheProgramOnlyWhatItIsMeantToKnow() {
        StdioCommand command = StdioCommand.of(TinyServer.command()).withVariable("TINY_SECRET", "42");
        try (Gateway gateway = WrapLocalTool.gateway(command, "search");
                McpSyncClient client = WrapLocalTool.client(gateway)) {
            client.initialize();

            assertThat(textOf(client.callTool(call("search")))).isEqualTo("TINY_SECRET is 42");
        }
    }
}
