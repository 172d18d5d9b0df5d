package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.route.Upstream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The {@code subscriptions/listen} requests of modern clients on one session at a legacy server, served from what that
 * session is told. A resource is subscribed to while anybody listens for it.
 */
final class Listeners {
    private static final int LISTENERS_MAX = 1_024;
    private static final int URIS_MAX = 1_024;
    private static final String UPDATED = "notifications/resources/updated";

    /** What a client may ask to be told, by the method that tells it. */
    private static final Map<String, String> KINDS = Map.of(
            "notifications/tools/list_changed", "toolsListChanged",
            "notifications/prompts/list_changed", "promptsListChanged",
            "notifications/resources/list_changed", "resourcesListChanged");

    private static final Map<String, String> CAPABILITIES =
            Map.of("toolsListChanged", "tools", "promptsListChanged", "prompts", "resourcesListChanged", "resources");

    private final StandIn session;
    private final Upstream server;
    private final JsonReader reader;
    private final List<Listener> all = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> subscribers = new HashMap<>(); // by URI; guarded by itself

    Listeners(StandIn session, Upstream server, JsonReader reader) {
        this.session = session;
        this.server = server;
        this.reader = reader;
    }

    /** One client's request, and what of it is honoured. */
    private record Listener(Call call, Set<String> kinds, Set<String> uris) {}

    static boolean isForListeners(String method) {
        return method.equals(UPDATED) || KINDS.containsKey(method);
    }

    /** Completes when the client does not listen any more. */
    CompletionStage<Reply> listen(Call call) {
        if (all.size() >= LISTENERS_MAX) {
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.RATE_LIMITED, "More than " + LISTENERS_MAX + " requests listen here"));
        }
        return subscribeAll(call, uris(call)).thenCompose(uris -> listen(new Listener(call, kinds(call), uris)));
    }

    private CompletionStage<Reply> listen(Listener listener) {
        CompletableFuture<Reply> over = new CompletableFuture<>();
        acknowledge(listener).whenComplete((told, error) -> all.add(listener)); // nothing may come before it
        listener.call().cancellation().onCancel(() -> {
            all.remove(listener);
            listener.uris().forEach(uri -> unsubscribe(listener.call(), uri));
            over.complete(Reply.failure(ErrorCode.CANCELLED, "The client does not listen any more"));
        });
        return over;
    }

    private Set<String> kinds(Call call) {
        return KINDS.values().stream()
                .filter(kind -> Boolean.TRUE.equals(Terms.member(call.params(), "notifications", kind)))
                .filter(kind -> Boolean.TRUE.equals(Terms.member(
                        session.greeting(), "capabilities", String.valueOf(CAPABILITIES.get(kind)), "listChanged")))
                .collect(Collectors.toSet());
    }

    private Set<String> uris(Call call) {
        Set<String> uris = new LinkedHashSet<>();
        boolean offered =
                Boolean.TRUE.equals(Terms.member(session.greeting(), "capabilities", "resources", "subscribe"));
        if (offered && Terms.member(call.params(), "notifications", "resourceSubscriptions") instanceof List<?> asked) {
            asked.stream().filter(String.class::isInstance).limit(URIS_MAX).forEach(uri -> uris.add((String) uri));
        }
        return uris;
    }

    /** Completes with those that the server has taken. */
    private CompletionStage<Set<String>> subscribeAll(Call call, Set<String> uris) {
        List<CompletableFuture<Boolean>> taken = new ArrayList<>();
        uris.forEach(uri -> taken.add(subscribe(call, uri).toCompletableFuture()));
        return CompletableFuture.allOf(taken.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Set<String> honoured = new LinkedHashSet<>();
                    int index = 0;
                    for (String uri : uris) {
                        if (taken.get(index++).join()) {
                            honoured.add(uri);
                        }
                    }
                    return honoured;
                });
    }

    private CompletionStage<Boolean> subscribe(Call call, String uri) {
        synchronized (subscribers) {
            if (subscribers.merge(uri, 1, Integer::sum) > 1) {
                return CompletableFuture.completedFuture(true);
            }
        }
        return server.forward(session.request(call, "resources/subscribe", Payload.of(Map.of("uri", uri))))
                .thenApply(reply -> {
                    boolean taken = reply instanceof Reply.Complete;
                    if (!taken) {
                        isLast(uri);
                    }
                    return taken;
                });
    }

    private void unsubscribe(Call call, String uri) {
        if (isLast(uri)) {
            server.forward(session.request(call, "resources/unsubscribe", Payload.of(Map.of("uri", uri))));
        }
    }

    private boolean isLast(String uri) {
        synchronized (subscribers) {
            return subscribers.computeIfPresent(uri, (same, count) -> count == 1 ? null : count - 1) == null;
        }
    }

    private static CompletionStage<Reply> acknowledge(Listener listener) {
        Map<String, Object> notifications = new LinkedHashMap<>();
        listener.kinds().stream().sorted().forEach(kind -> notifications.put(kind, true));
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
        String kind = KINDS.get(notification.method());
        String uri = notification.target().name();
        CompletableFuture<?>[] told = all.stream()
                .filter(listener -> kind == null
                        ? listener.uris().contains(uri)
                        : listener.kinds().contains(kind))
                .map(listener -> send(listener, notification.method(), tagged(notification.params(), listener))
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
