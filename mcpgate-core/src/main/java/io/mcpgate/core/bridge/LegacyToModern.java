package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.route.Upstream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Clients with a session at a server of 2026-07-28, which knows none. What the server wants to be told with each request the
 * gateway keeps for the client, and what the client would be told outside of requests it listens for in the client's name.
 */
final class LegacyToModern implements Upstream {
    private static final int CLIENTS_MAX = 10_000;

    private final Upstream server;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;
    private final Map<String, LegacyClient> clients = new ConcurrentHashMap<>(); // by the session's key

    LegacyToModern(Upstream server, JsonReader reader, ScheduledExecutorService timer) {
        this.server = server;
        this.reader = reader;
        this.timer = timer;
    }

    @Override
    public String name() {
        return server.name();
    }

    /** Whether this client was brought here before, and so belongs here until its session ends. */
    boolean knows(Session session) {
        return clients.containsKey(session.key());
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        LegacyClient known = clients.get(call.session().key());
        return known == null ? firstOf(call) : known.forward(call);
    }

    /** Nothing is made for a call that came behind the end of its session, as nobody would free it. */
    private CompletionStage<Reply> firstOf(Call call) {
        if (call.isNotification()) {
            return CompletableFuture.completedFuture(Reply.accepted()); // it introduces nobody
        }
        if (clients.size() >= CLIENTS_MAX) {
            return refused(
                    ErrorCode.UNAVAILABLE, "The server \"" + name() + "\" has too many clients; try again later");
        }
        LegacyClient client =
                clients.computeIfAbsent(call.session().key(), unused -> new LegacyClient(server, reader, timer));
        if (call.cancellation().isCancelled()) { // as all its calls are before a session ends
            ended(call.session());
            return refused(ErrorCode.CANCELLED, "The call was cancelled");
        }
        return client.forward(call);
    }

    private static CompletionStage<Reply> refused(ErrorCode kind, String message) {
        return CompletableFuture.completedFuture(Reply.failure(kind, message));
    }

    @Override
    public void ended(Session session) {
        LegacyClient left = clients.remove(session.key());
        if (left != null) {
            left.close();
        }
    }

    /** Ends what was listened for. The server is closed by whoever made it. */
    @Override
    public void close() {
        List<Runnable> all =
                clients.values().stream().<Runnable>map(client -> client::close).toList();
        clients.clear();
        Closing.all(all);
    }
}
