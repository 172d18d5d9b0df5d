package io.mcpgate.policy;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Principal;
import java.util.concurrent.CompletionStage;

/**
 * Where policies come from: a file, a database, a host's own authorization system.
 *
 * <p>The gateway fails closed: a stage that fails, is {@code null} or does not complete within the call's deadline
 * denies the call. Safe for use by many threads; must not block. Checked by
 * {@code io.mcpgate.contract.PolicyStoreContract} in this module's test-jar.
 */
@FunctionalInterface
public interface PolicyStore {

    /**
     * The policy of a principal, at this moment. Asked for every call, so it should be cheap: cache inside, and give the
     * same object while nothing has changed.
     *
     * @return a policy for everyone: {@link Policy#denyAll} for those whom no rule mentions
     */
    CompletionStage<Policy> policyFor(Principal principal);

    /**
     * Registers for changes, after which clients are told that their lists have changed. A store that never changes may
     * leave this as it is.
     *
     * <p>The store runs the listener once for each change, as soon as {@link #policyFor} answers by the new rules: a client
     * lists anew right after it. Any thread may do so; the listener does not block, and tells every client that was promised
     * such news, so a store that loads many rules at once reports them as one change.
     *
     * @return closes the registration; closing twice is harmless
     */
    default Registration onChange(Runnable listener) {
        return () -> {};
    }
}
