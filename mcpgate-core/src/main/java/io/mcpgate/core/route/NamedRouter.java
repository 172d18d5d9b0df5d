package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Routes by the governed server's name. */
public final class NamedRouter implements Router {
    private final Map<String, CompletionStage<Optional<Upstream>>> upstreams = new HashMap<>();
    private static final CompletionStage<Optional<Upstream>> NONE = CompletableFuture.completedFuture(Optional.empty());

    public NamedRouter(Iterable<? extends Upstream> upstreams) {
        upstreams.forEach(upstream ->
                this.upstreams.put(upstream.name(), CompletableFuture.completedFuture(Optional.of(upstream))));
    }

    @Override
    public CompletionStage<Optional<Upstream>> route(Call call) {
        return call.server().map(name -> upstreams.getOrDefault(name, NONE)).orElse(NONE);
    }
}
