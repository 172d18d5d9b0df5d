package io.mcpgate.examples.embed;

import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.langchain4j.McpLangChain4j;
import java.util.List;
import java.util.Map;

/**
 * An agent of LangChain4j whose model learns only of the tools that it may call. The transport is the application's; one line
 * puts the gateway in front of it.
 */
public final class GovernLangChain4j {
    private GovernLangChain4j() {}

    /** What the application talks to. */
    public interface Assistant {
        /** Answers a person, by way of tools where it needs them. */
        String answer(String question);
    }

    /** One gateway for the whole application, which closes it. */
    public static Gateway gateway(AuditSink audit, String... tools) {
        return Gateway.builder()
                .wrapped("desk")
                .authenticator(new ApiKeys(Map.of(), null)) // no keys: the application itself says who calls
                .policies(new RolePolicyStore(List.of(Role.allowing("support", Grant.tools("desk", tools)))))
                .audit(audit)
                .build();
    }

    /** The client as before, but for the one line. */
    public static McpClient client(Gateway gateway, McpTransport transport) {
        McpTransport governed = McpLangChain4j.wrap(gateway, "desk", Principal.of("bot", "support"), transport);
        return DefaultMcpClient.builder().transport(governed).build();
    }

    /** The agent as before. */
    public static Assistant assistant(ChatModel model, McpClient client) {
        return AiServices.builder(Assistant.class)
                .chatModel(model)
                .toolProvider(McpToolProvider.builder().mcpClients(client).build())
                .build();
    }
}
