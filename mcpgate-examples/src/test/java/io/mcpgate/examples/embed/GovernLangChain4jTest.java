package io.mcpgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The agent's model is scripted, as none can be had here; the client, its transport and the server's process are real. */
@SuppressWarnings("try") // LangChain4j closes by throws Exception
class GovernLangChain4jTest {
    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final Gateway gateway = GovernLangChain4j.gateway(audit, "echo", "get-sum");
    private final McpTransport transport =
            StdioMcpTransport.builder().command(Crm.program()).build();
    private final List<String> offered = new ArrayList<>();

    @AfterEach
    void close() {
        gateway.close();
    }

    /** A model that asks for one tool and then says what came of it. */
    private ChatModel wanting(String tool, String arguments) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                List<ToolSpecification> tools = request.toolSpecifications();
                tools.forEach(specification -> offered.add(specification.name()));
                return ChatResponse.builder()
                        .aiMessage(
                                request.messages().get(request.messages().size() - 1)
                                                instanceof ToolExecutionResultMessage result
                                        ? AiMessage.from(result.text())
                                        : AiMessage.from(ToolExecutionRequest.builder()
                                                .id("1")
                                                .name(tool)
                                                .arguments(arguments)
                                                .build()))
                        .build();
            }
        };
    }

    @Test
    void showsTheModelOnlyWhatItMayCallAndRecordsWhatItCalls() throws Exception {
        try (McpClient client = GovernLangChain4j.client(gateway, transport)) {
            String answer = GovernLangChain4j.assistant(wanting("echo", "{\"message\":\"hi\"}"), client)
                    .answer("Say hi");

            assertThat(answer).isEqualTo("Echo: hi");
            assertThat(offered).contains("echo", "get-sum").doesNotContain("get-env", "write_file");
        }
        assertThat(audit.events())
                .filteredOn(event -> event.target().name().equals("echo"))
                .extracting(
                        AuditEvent::kind,
                        AuditEvent::principal,
                        event -> event.target().name())
                .containsExactly(
                        tuple(AuditEvent.Kind.ATTEMPT, "bot", "echo"), tuple(AuditEvent.Kind.OUTCOME, "bot", "echo"));
    }

    @Test
    void refusesWhatTheModelMakesUp() throws Exception {
        try (McpClient client = GovernLangChain4j.client(gateway, transport)) {
            ToolExecutionRequest madeUp = ToolExecutionRequest.builder()
                    .name("write_file")
                    .arguments("{\"path\":\"/etc/passwd\"}")
                    .build();

            assertThatThrownBy(() -> client.executeTool(madeUp))
                    .as("in the server's own words for what it does not have")
                    .hasMessageContaining("Unknown tool");
        }
        assertThat(audit.events()).last().extracting(AuditEvent::verdict).isEqualTo(AuditEvent.Verdict.REFUSED);
    }
}
