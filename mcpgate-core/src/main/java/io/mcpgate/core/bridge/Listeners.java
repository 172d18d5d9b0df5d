package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.protocol.ListKind;
import io.mcpgate.core.protocol.ListenEnd;
import io.mcpgate.core.protocol.SubResource;
import io.mcpgate.core.stage.Stages;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The {@code subscriptions/listen} requests of modern clients on one session at a legacy server, served from what that
 * session is told. A resource is subscribed to while anybody listens for it.
 */
final class Listeners {
    private static final int LISTENERS_MAX = 1_024;
    private static final int URIS_MAX = 1_024;
    private static final Duration PULSE = Duration.ofMinutes(1);
    private static final String UPDATED = "notifications/resources/updated";

    private final StandIn session;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;
    private final ResourceSubscriptions subscriptions;
    private final List<Listener> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger admitted = new AtomicInteger(); // also those that are not acknowledged yet
    private volatile boolean closed;
    private @Nullable Future<?> pulse; // while anybody listens; guarded by this

    Listeners(StandIn session, JsonReader reader, ScheduledExecutorService timer) {
        this.session = session;
        this.reader = reader;
        this.timer = timer;
        this.subscriptions = new ResourceSubscriptions(session);
    }

    /** One client's request, and what of it is honoured. */
    private record Listener(Call call, Set<ListKind> lists, Set<String> uris, CompletableFuture<Reply> over) {
        boolean isFor(String uri) {
            return uris.contains(uri) || isAround(uri);
        }

        private boolean isAround(String uri) {
            for (String own : uris) {
                if (SubResource.isWithin(uri, own)) {
                    return true;
                }
            }
            return false;
        }
    }

    static boolean isForListeners(String method) {
        return method.equals(UPDATED) || ListKind.toldBy(method).isPresent();
    }

    /** Completes when the client does not listen any more, or is to listen again. */
    CompletionStage<Reply> listen(Call call) {
        if (admitted.incrementAndGet() > LISTENERS_MAX) {
            admitted.decrementAndGet();
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.RATE_LIMITED, "More than " + LISTENERS_MAX + " requests listen here"));
        }
        return subscribe(call, uris(call))
                .thenCompose(uris -> listen(new Listener(call, lists(call), uris, new CompletableFuture<>())))
                .whenComplete((reply, error) -> admitted.decrementAndGet());
    }

    private CompletionStage<Reply> listen(Listener listener) {
        Cancellation.Registration watch = listener.call()
                .cancellation()
                .onCancel(() -> listener.over()
                        .complete(Reply.failure(ErrorCode.CANCELLED, "The client does not listen any more")));
        Stages.begin(() -> acknowledge(listener))
                .whenComplete((told, error) -> add(listener)); // nothing may come before
        return listener.over().whenComplete((reply, error) -> {
            watch.close();
            remove(listener);
        });
    }

    private void add(Listener listener) {
        all.add(listener);
        if (closed) {
            end(listener);
        }
        if (listener.over().isDone()) {
            all.remove(listener); // it left meanwhile, when it was not there yet
        } else {
            beat();
        }
    }

    private void remove(Listener listener) {
        all.remove(listener);
        listener.uris().forEach(uri -> subscriptions.remove(listener.call(), uri));
    }

    /** A connection that only listens would be closed as idle, and a lost one would be noticed by nobody. */
    private synchronized void beat() {
        if (pulse == null) {
            try {
                pulse = timer.scheduleWithFixedDelay(
                        this::ping, PULSE.toMillis(), PULSE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closing) {
                // the gateway is closing, and with it all who listen
            }
        }
    }

    private void ping() {
        all.stream().findFirst().ifPresentOrElse(any -> session.send(any.call(), "ping", Payload.empty()), this::rest);
    }

    private synchronized void rest() {
        if (pulse != null && all.isEmpty()) {
            pulse.cancel(false);
            pulse = null;
        }
    }

    /** Ends the requests of all who listen, as a server does it that closes; they may come again. */
    void endAll() {
        all.forEach(Listeners::end);
    }

    private static void end(Listener listener) {
        listener.over().complete(ListenEnd.of(listener.call().id().orElseThrow()));
    }

    /** Ends them for good: nobody listens here any more. */
    void close() {
        closed = true;
        endAll();
    }

    private Set<ListKind> lists(Call call) {
        Set<ListKind> lists = ListKind.promisedBy(session.greeting());
        lists.retainAll(ListKind.in(call.params().member("notifications")));
        return lists;
    }

    private Set<String> uris(Call call) {
        Set<String> uris = new LinkedHashSet<>();
        boolean offered = Boolean.TRUE.equals(session.greeting().member("capabilities", "resources", "subscribe"));
        if (offered && call.params().member("notifications", "resourceSubscriptions") instanceof List<?> asked) {
            asked.stream().filter(String.class::isInstance).limit(URIS_MAX).forEach(uri -> uris.add((String) uri));
        }
        return uris;
    }

    /** Completes with those that the server has taken. */
    private CompletionStage<Set<String>> subscribe(Call call, Set<String> uris) {
        Map<String, CompletableFuture<Boolean>> taken = new LinkedHashMap<>();
        uris.forEach(uri -> taken.put(uri, subscriptions.add(call, uri).toCompletableFuture()));
        return CompletableFuture.allOf(taken.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> honoured(call, taken));
    }

    private Set<String> honoured(Call call, Map<String, CompletableFuture<Boolean>> taken) {
        Set<String> honoured = new LinkedHashSet<>();
        taken.forEach((uri, answer) -> {
            if (answer.join()) {
                honoured.add(uri);
            } else {
                subscriptions.remove(call, uri);
            }
        });
        return honoured;
    }

    private static CompletionStage<Reply> acknowledge(Listener listener) {
        Map<String, Object> notifications = new LinkedHashMap<>();
        listener.lists().forEach(kind -> notifications.put(kind.wish(), true));
        if (!listener.uris().isEmpty()) {
            notifications.put("resourceSubscriptions", List.copyOf(listener.uris()));
        }
        Payload params = Payload.of(
                Map.of("notifications", notifications, "_meta", Map.of(Terms.SUBSCRIPTION_ID, id(listener.call()))));
        return send(listener, Terms.ACKNOWLEDGED, params);
    }

    private static CompletionStage<Reply> send(Listener listener, String method, Payload params) {
        return listener.call().session().deliver(listener.call().notificationToClient(method, params));
    }

    private static Object id(Call call) {
        RequestId id = call.id().orElseThrow();
        return id.isString() ? id.text() : new BigInteger(id.text());
    }

    /** Tells those who asked for it. Completes when all have taken it. */
    CompletionStage<Reply> tell(Call notification) {
        ListKind kind = ListKind.toldBy(notification.method()).orElse(null);
        String uri = notification.target().name();
        CompletableFuture<?>[] told = all.stream()
                .filter(listener ->
                        kind == null ? listener.isFor(uri) : listener.lists().contains(kind))
                .map(listener -> Stages.begin(
                                () -> send(listener, notification.method(), tagged(notification.params(), listener)))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(told).handle((done, error) -> Reply.accepted());
    }

    private Payload tagged(Payload params, Listener listener) {
        RequestId id = listener.call().id().orElseThrow();
        Rewrite.Builder tag = Rewrite.builder();
        return (id.isString()
                        ? tag.putText(id.text(), "_meta", Terms.SUBSCRIPTION_ID)
                        : tag.put(id.text(), "_meta", Terms.SUBSCRIPTION_ID))
                .build()
                .apply(reader, params);
    }
}
