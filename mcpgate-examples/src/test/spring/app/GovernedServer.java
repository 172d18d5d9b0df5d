package app;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.servlet.McpServlet;
import io.mcpgate.sdk.InProcessServer;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.util.List;
import java.util.Map;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.context.McpSyncRequestContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** The application's own MCP server, which Spring AI builds of its tools, behind the gateway at {@code /mcp/crm}. */
@Configuration
class GovernedServer {
    /** Spring AI builds the server on this one; whatever transport it has configured by itself stays without a server. */
    @Bean
    @Primary
    InProcessServer inProcessServer() {
        return new InProcessServer(McpJsonDefaults.getMapper());
    }

    /** For the server of this application, and for the transports of its clients (see {@link GovernedClients}). */
    @Bean(destroyMethod = "close")
    Gateway gateway(InProcessServer crm, @Value("${app.key-hash}") String annsKey) {
        return Gateway.builder()
                .server("crm", crm)
                .wrapped("tiny")
                .authenticator(new ApiKeys(Map.of(annsKey, Principal.of("ann", "sales")), null))
                .policies(new RolePolicyStore(List.of(
                        Role.allowing("sales", Grant.tools("crm", "find")),
                        Role.allowing("agent", Grant.tools("tiny", "search")))))
                .build();
    }

    @Bean
    ServletRegistrationBean<McpServlet> gate(Gateway gateway) {
        return new ServletRegistrationBean<>(new McpServlet(McpEndpoint.over(gateway).build()), "/mcp/*");
    }

    @Component
    static class Tools {
        @McpTool(name = "find", description = "finds")
        String find(McpSyncRequestContext call, String q) {
            return "found " + q + " for " + call.transportContext().get(McpSdk.PRINCIPAL);
        }

        @McpTool(name = "delete", description = "deletes")
        String delete(String q) {
            return "deleted " + q;
        }
    }
}
