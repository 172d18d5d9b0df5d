package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Principal;
import io.mcpgate.Target;
import io.mcpgate.contract.PolicyStoreContract;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.embed.OwnPolicyStore.Row;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.PolicyStore;
import io.mcpgate.sdk.InProcessServer;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OwnPolicyStoreTest {
    private static final Principal ANN = Principal.of("ann", "sales");
    private static final Row FIND = new Row("sales", "crm", "find*");

    @Nested
    class Contract extends PolicyStoreContract {
        private final OwnPolicyStore store = new OwnPolicyStore(List.of(FIND));

        @Override
        protected PolicyStore store() {
            return store;
        }

        @Override
        protected Principal known() {
            return ANN;
        }

        @Override
        protected Access allowed() {
            return Access.toServer("crm", "tools/call", new Target(Target.Kind.TOOL, "find_customer"));
        }
    }

    @Test
    void decidesByTheTableAsItIsWhenListenersAreTold() {
        OwnPolicyStore store = new OwnPolicyStore(List.of(FIND));
        Access work = Access.toServer("crm", "tools/call", new Target(Target.Kind.TOOL, "work"));
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        store.onChange(() -> seen.add(
                store.policyFor(ANN).toCompletableFuture().join().decide(work).allowed()));

        store.changed(List.of(FIND, new Row("sales", "crm", "work")));
        store.changed(List.of(FIND));

        assertThat(seen).containsExactly(true, false);
    }

    @Test
    void tellsNobodyWhoHasClosedItsRegistration() {
        OwnPolicyStore store = new OwnPolicyStore(List.of(FIND));
        AtomicInteger told = new AtomicInteger();
        Registration first = store.onChange(told::incrementAndGet);
        store.onChange(told::incrementAndGet);

        first.close();
        first.close();
        store.changed(List.of());

        assertThat(told).hasValue(1);
    }

    @Test
    void letsAClientKnowWhatItMayUseFromNowOn() {
        OwnPolicyStore store = new OwnPolicyStore(List.of(FIND));
        InProcessServer transport = new InProcessServer(Crm.json());
        McpSyncServer server = new Crm().on(transport);
        List<List<Tool>> changes = new CopyOnWriteArrayList<>();
        try (Gateway gateway = Gateway.builder()
                        .server("crm", transport)
                        .authenticator(new ApiKeys(Map.of(), null))
                        .policies(store)
                        .build();
                McpSyncClient client = McpClient.sync(McpSdk.clientTransport(gateway, "crm", ANN, Crm.json()))
                        .toolsChangeConsumer(changes::add)
                        .build()) {
            client.initialize();
            assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("find");

            store.changed(List.of(FIND, new Row("sales", "crm", "work")));

            await().until(() -> !changes.isEmpty());
            assertThat(changes.get(0)).extracting(Tool::name).containsExactlyInAnyOrder("find", "work");
            assertThat(textOf(client.callTool(call("work")))).isEqualTo("done");
        } finally {
            server.close();
        }
    }
}
