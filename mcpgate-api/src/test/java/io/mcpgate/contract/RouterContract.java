package io.mcpgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link Router} must do. */
public abstract class RouterContract {
    /** The router under test. */
    protected abstract Router router();

    /** A call that it can route. */
    protected abstract Call routable();

    private Optional<Upstream> route(Call call) throws Exception {
        return router().route(call).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void findsAnUpstreamForACallThatItCanRoute() throws Exception {
        assertThat(route(routable())).isPresent();
    }

    @Test
    void keepsTheCallsOfOneSessionTogether() throws Exception {
        assertThat(route(routable())).isEqualTo(route(routable()));
    }

    @Test
    void saysEmptyAndNotNullForAServerThatItDoesNotKnow() throws Exception {
        assertThat(route(routable().withServer("no-such-server"))).isEmpty();
    }
}
