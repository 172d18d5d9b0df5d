package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.Target;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.OwnImplementation;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection for all sessions. The gateway makes the handshake in its own name; what the server tells everybody is
 * told to every session, what it tells subscribers to those; what it asks is refused, for nobody can say whom it asks.
 */
final class SharedSeat extends Seat {
    private static final int SUBSCRIPTIONS_MAX = 10_000;

    private final Map<String, Call> sessions = new ConcurrentHashMap<>(); // by key: the last call, as a way back
    private final Map<String, Set<String>> subscribers = new ConcurrentHashMap<>();
    private volatile @Nullable Payload serverHandshake;

    SharedSeat(PooledUpstream upstream) {
        super(upstream, new SessionMemory(SUBSCRIPTIONS_MAX));
    }

    @Override
    Optional<Payload> handshake(Call call) {
        return Optional.of(Payload.of(Map.of(
                "protocolVersion",
                ProtocolVersions.LEGACY.get(0),
                "capabilities",
                Map.of(),
                "clientInfo",
                OwnImplementation.members())));
    }

    @Override
    void introduced(Payload result) {
        serverHandshake = result;
    }

    @Override
    CompletionStage<Reply> dispatch(Call call) {
        if (!call.session().isModern()) {
            sessions.put(call.session().key(), call);
        }
        return switch (call.method()) {
            case "initialize" -> initialize(call);
            case "notifications/initialized", "notifications/roots/list_changed" -> done(Reply.accepted());
            case "resources/subscribe" -> subscribe(call);
            case "resources/unsubscribe" -> unsubscribe(call);
            default -> send(call);
        };
    }

    /** Any exchange makes sure of the connection; a ping costs the server nothing. */
    private CompletionStage<Reply> initialize(Call call) {
        Call ping = Call.request(call.id().orElseThrow(), "ping", Payload.empty(), call.session())
                .withPrincipal(call.principal())
                .withServer(upstream().name());
        return send(ping).thenApply(pong -> {
            Payload known = serverHandshake;
            return (pong instanceof Reply.Failure failure && failure.kind() != null) || known == null
                    ? pong
                    : Reply.complete(known);
        });
    }

    private CompletionStage<Reply> subscribe(Call call) {
        if (subscribers.size() >= SUBSCRIPTIONS_MAX && !subscribers.containsKey(uri(call))) {
            return done(
                    Reply.failure(ErrorCode.RATE_LIMITED, "Too many resources are subscribed to on this connection"));
        }
        Set<String> known = subscribers.computeIfAbsent(uri(call), uri -> ConcurrentHashMap.newKeySet());
        boolean first = known.isEmpty();
        known.add(call.session().key());
        return first ? send(call).thenApply(reply -> taken(call, reply)) : done(Reply.complete(Payload.empty()));
    }

    /** What the server refuses one it has not granted to the next. */
    private Reply taken(Call call, Reply reply) {
        if (!(reply instanceof Reply.Complete)) {
            subscribers.remove(uri(call));
        }
        return reply;
    }

    private CompletionStage<Reply> unsubscribe(Call call) {
        Set<String> known = subscribers.getOrDefault(uri(call), Set.of());
        boolean last = known.remove(call.session().key()) && known.isEmpty();
        if (last) {
            subscribers.remove(uri(call), known);
        }
        return last ? send(call) : done(Reply.complete(Payload.empty()));
    }

    private static String uri(Call call) {
        return call.target().kind() == Target.Kind.RESOURCE ? call.target().name() : "";
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    @Override
    void ended(Session ended) {
        Call last = sessions.remove(ended.key());
        subscribers.forEach((uri, keys) -> {
            if (keys.remove(ended.key()) && keys.isEmpty() && subscribers.remove(uri, keys)) {
                nobodyWants(uri, last);
            }
        });
    }

    private void nobodyWants(String uri, @Nullable Call last) {
        memory().forget(uri);
        if (last != null && isConnected()) {
            send(SessionMemory.inNameOf(last, "resources/unsubscribe", Payload.of(Map.of("uri", uri))));
        }
    }

    /** What names the request that it belongs to is for that client; by anything else the client would be guessed. */
    private static boolean namesItsCall(Call call) {
        return call.method().equals("notifications/progress")
                || (call.parent().isPresent()
                        && Correlation.subscription(call.params()).isPresent());
    }

    @Override
    public CompletionStage<Reply> handle(Call call) {
        if (!call.isNotification()) {
            return done(Reply.failure(
                    ErrorCode.METHOD_NOT_FOUND, "This connection is shared; its clients cannot be asked"));
        }
        if (namesItsCall(call)) {
            return super.handle(call);
        }
        Set<String> interested = call.method().equals("notifications/resources/updated")
                ? subscribers.getOrDefault(uri(call), Set.of())
                : sessions.keySet();
        for (String key : interested) {
            Call session = sessions.get(key);
            if (session != null) {
                Envelope.Request again = new Envelope.Request(null, call.method(), call.params());
                super.handle(Call.unsolicited(
                        null,
                        again.method(),
                        again.params(),
                        session.session(),
                        session.principal(),
                        upstream().name()));
            }
        }
        return done(Reply.accepted());
    }
}
