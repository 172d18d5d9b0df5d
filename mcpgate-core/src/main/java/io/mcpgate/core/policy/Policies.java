package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.core.route.HostPatience;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.concurrent.CompletionStage;

/** What calls are decided by: the policies of a store; where it fails or takes too long, one that denies. */
public final class Policies {
    private final PolicyStore store;
    private final HostPatience patience;

    /** The policies of {@code store}. */
    public Policies(PolicyStore store, HostPatience patience) {
        this.store = store;
        this.patience = patience;
    }

    /** The policy of the principal that calls. */
    public CompletionStage<Policy> of(Call call) {
        CompletionStage<Policy> policy = Authorize.policyFor(store, call.principal());
        return Ready.is(policy)
                ? policy
                : patience.with(policy, call)
                        .exceptionally(late -> Policy.denyAll("policy store did not answer in time"));
    }
}
