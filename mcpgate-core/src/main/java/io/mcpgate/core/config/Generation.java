package io.mcpgate.core.config;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.route.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with the configuration that it was built from, and what it shares with those before and after it. Knows its
 * own calls, so that nothing is closed under one of them.
 */
final class Generation {
    private final GateConfig config;
    private final Gateway gateway;
    private final Map<String, Upstream> upstreams;
    private final AuditSink sink;
    private final Standing standing;
    private final AtomicInteger uses = new AtomicInteger(1); // its calls, and one for being current
    private final Executor aside;
    private final CompletableFuture<Void> unused = new CompletableFuture<>();
    private final List<Runnable> leftovers = new ArrayList<>(); // written before retirement is visible
    private CompletionStage<Void> over =
            CompletableFuture.completedFuture(null); // of those before; under the gate's lock

    /**
     * The generation of {@code gateway}.
     *
     * @param aside what follows from the end of the last call is done here, and not on that call's thread
     */
    Generation(
            GateConfig config,
            Gateway gateway,
            Map<String, Upstream> upstreams,
            AuditSink sink,
            Standing standing,
            Executor aside) {
        this.config = config;
        this.gateway = gateway;
        this.upstreams = upstreams;
        this.sink = sink;
        this.standing = standing;
        this.aside = aside;
    }

    GateConfig config() {
        return config;
    }

    Gateway gateway() {
        return gateway;
    }

    AuditSink sink() {
        return sink;
    }

    Standing standing() {
        return standing;
    }

    /** The upstream, if its connections serve this entry as well. */
    Optional<Upstream> kept(ServerConfig server) {
        return config.server(server.name())
                .filter(server::sharesConnectionsWith)
                .map(known -> upstreams.get(known.name()));
    }

    /** The reply; {@code null} if no calls come here any more. */
    @Nullable
    CompletionStage<Reply> handle(Call call) {
        if (uses.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
            return null;
        }
        CompletionStage<Reply> reply;
        try {
            reply = gateway.handle(call);
        } catch (RuntimeException | Error broken) {
            left();
            throw broken;
        }
        return reply.whenComplete((done, error) -> left());
    }

    private void left() {
        if (uses.decrementAndGet() == 0) {
            try {
                aside.execute(() -> unused.complete(null));
            } catch (RejectedExecutionException closed) {
                // then the gate has closed everything
            }
        }
    }

    /**
     * No calls come here any more, they go to {@code next}.
     *
     * @return completes when the last call has ended, here and in all generations before: only then nobody uses what
     *     {@code next} did not take over
     */
    CompletionStage<Void> retire(Generation next) {
        upstreams.values().stream()
                .filter(upstream -> !next.upstreams.containsValue(upstream))
                .forEach(upstream -> leftovers.add(upstream::close));
        if (sink != next.sink) {
            leftovers.add(sink::close);
        }
        CompletionStage<Void> ended = over.thenCombine(unused, (before, own) -> null);
        next.over = ended;
        left();
        return ended;
    }

    /** What nobody took over. To be closed when this generation is over; closing it may block. */
    List<Runnable> leftovers() {
        return leftovers;
    }

    /** Closes all that it uses, whoever else uses it and whatever throws; then throws what was thrown first. */
    void closeEverything() {
        List<Runnable> all = new ArrayList<>();
        upstreams.values().forEach(upstream -> all.add(upstream::close));
        all.add(sink::close);
        Closing.all(all);
    }
}
