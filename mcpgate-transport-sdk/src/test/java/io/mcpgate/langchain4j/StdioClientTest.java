package io.mcpgate.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StdioClientTest extends ClientScenarios {
    @Override
    McpTransport transport() {
        return StdioMcpTransport.builder().command(Desk.stdio()).build();
    }

    @Test
    void beginsAnewAfterTheServersProcessHasDied() {
        DefaultMcpClient client = client(
                McpLangChain4j.wrap(gateway, "desk", ANN, transport()),
                builder -> builder.autoHealthCheck(true)
                        .autoHealthCheckInterval(Duration.ofMillis(300))
                        .toolExecutionTimeout(Duration.ofSeconds(10))); // a call to a dead process has no other end

        assertThatThrownBy(() -> call(client, "die"))
                .as("as without the gateway")
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("Operation cancelled due to transport failure: Process has exited");
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(call(client, "find")).isEqualTo("found x"));
        assertThat(seen).filteredOn("initialize"::equals).hasSizeGreaterThan(1);
    }
}
