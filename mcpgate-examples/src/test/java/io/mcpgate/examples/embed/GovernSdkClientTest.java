package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.mcpgate.Interceptor;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.InProcessServer;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GovernSdkClientTest {
    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final Gateway gateway = GovernSdkClient.gateway(audit);
    private final Crm crm = new Crm();
    private final InProcessServer transport = new InProcessServer(Crm.json());
    private final McpSyncServer server = crm.on(transport);

    @AfterEach
    void close() {
        gateway.close();
        server.close();
    }

    @Test
    void letsTheClientDoWhatItsPrincipalMay() {
        try (McpSyncClient client = GovernSdkClient.client(gateway, transport.clientTransport())) {
            client.initialize();

            assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("find");
            assertThat(textOf(client.callTool(call("find")))).isEqualTo("found x");
        }
        assertThat(audit.events())
                .filteredOn(event -> event.target().name().equals("find"))
                .extracting(AuditEvent::kind, AuditEvent::principal)
                .containsExactly(tuple(AuditEvent.Kind.ATTEMPT, "ann"), tuple(AuditEvent.Kind.OUTCOME, "ann"));
    }

    @Test
    void answersARefusedCallAsTheServerAnswersAnUnknownName() {
        try (McpSyncClient client = GovernSdkClient.client(gateway, transport.clientTransport())) {
            client.initialize();

            assertThatThrownBy(() -> client.callTool(call("delete")))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            refused ->
                                    assertThat(refused.getJsonRpcError().code()).isEqualTo(-32602));
        }
        assertThat(crm.called).isEmpty();
    }

    @Test
    void meetsItsStepsOnTheThreadThatCalls() {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        try (Gateway own = Gateway.builder()
                        .wrapped("crm")
                        .authenticator(new ApiKeys(Map.of(), null))
                        .policies(new RolePolicyStore(List.of(Role.allowing("sales", Grant.tools("crm", "find")))))
                        .intercept("Thread", Interceptor.guard(call -> {
                            if (call.method().equals("tools/call")) {
                                threads.add(Thread.currentThread());
                            }
                            return Optional.empty();
                        }))
                        .build();
                McpSyncClient client = GovernSdkClient.client(own, transport.clientTransport())) {
            client.initialize();
            client.callTool(call("find"));
        }
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void governsWhateverTransportTheApplicationHas() {
        List<String> command = Crm.program();
        ServerParameters program = ServerParameters.builder(command.get(0))
                .args(command.subList(1, command.size()))
                .build();
        try (McpSyncClient client = GovernSdkClient.client(gateway, new StdioClientTransport(program, Crm.json()))) {
            client.initialize();

            assertThat(client.listTools().tools()).isEmpty(); // none of that server's tools begins with "find"
        }
    }
}
