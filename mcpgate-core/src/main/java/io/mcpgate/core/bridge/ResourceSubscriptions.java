package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.stage.Stages;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The resources that one session is subscribed to at a legacy server, each once for all who listen for it. The requests for one
 * resource go out one after the other, so that the last wish is the one that counts. Safe for use by many threads.
 */
final class ResourceSubscriptions {
    private static final int URIS_MAX = 1_024;

    private final StandIn session;
    private final Map<String, Subscribed> byUri = new HashMap<>(); // guarded by itself

    ResourceSubscriptions(StandIn session) {
        this.session = session;
    }

    private static final class Subscribed {
        private int listeners; // guarded by byUri
        private CompletionStage<Boolean> latest = CompletableFuture.completedFuture(false); // guarded by byUri
    }

    /**
     * One more listens for a resource.
     *
     * @return whether the server has taken it, never a failure; if not, it is to be {@linkplain #remove removed} as well
     */
    CompletionStage<Boolean> add(Call by, String uri) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        CompletionStage<Boolean> before;
        synchronized (byUri) {
            Subscribed known = byUri.get(uri);
            if (known == null && byUri.size() >= URIS_MAX) {
                return CompletableFuture.completedFuture(false);
            }
            if (known == null) {
                known = new Subscribed();
                byUri.put(uri, known);
            }
            known.listeners++;
            before = known.latest;
            if (known.listeners > 1) {
                return before;
            }
            known.latest = taken;
        }
        before.thenCompose(unused -> send(by, "resources/subscribe", uri)).whenComplete(Stages.into(taken));
        return taken;
    }

    /** One listens no more. */
    void remove(Call by, String uri) {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        CompletionStage<Boolean> before;
        Subscribed known;
        synchronized (byUri) {
            known = byUri.get(uri);
            if (known == null || known.listeners == 0 || --known.listeners > 0) {
                return;
            }
            before = known.latest;
            known.latest = left;
        }
        before.thenCompose(taken -> taken ? send(by, "resources/unsubscribe", uri) : before)
                .whenComplete((reply, error) -> forget(uri, known))
                .thenApply(reply -> false)
                .whenComplete(Stages.into(left));
    }

    private void forget(String uri, Subscribed left) {
        synchronized (byUri) {
            if (left.listeners == 0) {
                byUri.remove(uri, left);
            }
        }
    }

    private CompletionStage<Boolean> send(Call by, String method, String uri) {
        return session.send(by, method, Payload.of(Map.of("uri", uri)))
                .handle((reply, error) -> reply instanceof Reply.Complete);
    }
}
