package io.mcpgate.route;

import io.mcpgate.Call;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Picks the upstream for a call that policy has already allowed. Safe for use by many threads; must not block. Checked
 * by {@code io.mcpgate.contract.RouterContract} in this module's test-jar.
 */
@FunctionalInterface
public interface Router {

    /**
     * The upstream for this call. Calls of one session should stay with one upstream as long as it lives, because legacy
     * sessions do.
     *
     * @param call addressed: {@link Call#server()} is present
     * @return empty if there is none; the caller is told that the server does not exist
     */
    CompletionStage<Optional<Upstream>> route(Call call);
}
