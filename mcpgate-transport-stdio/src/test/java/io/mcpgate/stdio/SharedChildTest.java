package io.mcpgate.stdio;

import static io.mcpgate.stdio.Child.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedChildTest {
    private static final int CALLERS = 200;
    private static final int ROUNDS = 20;

    @Test
    void bringsEachCallerItsOwnAnswersAlthoughAllIdsAndTokensCollide() {
        StdioConnector connector = new StdioConnector("child", Child.command());
        try (Gateway gateway = Gateway.builder()
                .server("child", connector, Sharing.ALL, PoolLimits.DEFAULT)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing("user", Grant.everything("child")))))
                .build()) {
            List<Child.Client> clients = IntStream.range(0, CALLERS)
                    .mapToObj(i -> new Child.Client())
                    .toList();

            for (int round = 0; round < ROUNDS; round++) {
                List<CompletableFuture<Reply>> replies = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    replies.add(gateway.handle(call(clients.get(caller), caller, round))
                            .toCompletableFuture());
                }
                for (int caller = 0; caller < CALLERS; caller++) {
                    assertThat(text(Child.await(replies.get(caller)))).isEqualTo(canary(caller, round));
                }
            }

            assertThat(connector.children()).isEqualTo(1);
            for (int caller = 0; caller < CALLERS; caller++) {
                assertOwnProgress(clients.get(caller), caller);
            }
        }
    }

    private static Call call(Child.Client client, int caller, int round) {
        return Child.asking(client, round, "reports", Map.of("value", canary(caller, round)), (long) round)
                .withServer("child")
                .with(Credential.KEY, new Credential.Vouched(Principal.of("caller-" + caller, "user")));
    }

    private static String canary(int caller, int round) {
        return "canary-" + caller + "-" + round;
    }

    private static void assertOwnProgress(Child.Client client, int caller) {
        assertThat(client.delivered).hasSize(2 * ROUNDS).allSatisfy(progress -> {
            int token = ((Number) progress.params().members().get("progressToken")).intValue();
            assertThat(progress.params().string("message")).contains(canary(caller, token));
        });
    }
}
