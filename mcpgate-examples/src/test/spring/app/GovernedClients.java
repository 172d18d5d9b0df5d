package app;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.sdk.McpSdk;
import java.util.List;
import org.springframework.ai.mcp.client.common.autoconfigure.NamedClientMcpTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Puts the gateway in front of every MCP server that the application's configuration names. */
@Component
class GovernedClients implements BeanPostProcessor {
    private final ObjectProvider<Gateway> gateway;

    /** @param gateway asked for later: what makes beans is there before beans are */
    GovernedClients(ObjectProvider<Gateway> gateway) {
        this.gateway = gateway;
    }

    /** Spring AI has a list of transports for each kind of connection. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        boolean transports = bean instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(NamedClientMcpTransport.class::isInstance);
        return transports
                ? ((List<?>) bean)
                        .stream().map(each -> governed((NamedClientMcpTransport) each)).toList()
                : bean;
    }

    private NamedClientMcpTransport governed(NamedClientMcpTransport server) {
        Principal agent = Principal.of("spring-agent", "agent");
        return new NamedClientMcpTransport(
                server.name(), McpSdk.wrap(gateway.getObject(), server.name(), agent, server.transport()));
    }
}
