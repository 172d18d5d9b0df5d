package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.Target;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.OwnImplementation;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.core.route.SharedSubscriptions.Place;
import io.mcpgate.core.route.Turns.Turn;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection for all sessions. The gateway makes the handshake in its own name. What the server tells everybody is
 * told to every session, what it tells subscribers to those, and what it tells on the stream of a call to that call's client;
 * what it asks is refused, for nobody can say whom it asks.
 */
final class SharedSeat extends Seat {
    private static final int SUBSCRIPTIONS_MAX = 10_000;

    /** Of the URIs of all sessions: as many as that many of the longest have, of which no principal may have so many. */
    private static final int CHARACTERS_MAX = SUBSCRIPTIONS_MAX * 8_192;

    /** Requests that the gateway makes once for all. As notifications they mean nothing. */
    private static final Set<String> MADE_FOR_ALL =
            Set.of("initialize", "resources/subscribe", "resources/unsubscribe");

    private final Map<String, Way> sessions = new ConcurrentHashMap<>(); // legacy ones, by key
    private final SharedSubscriptions subscriptions = new SharedSubscriptions(SUBSCRIPTIONS_MAX);
    private volatile @Nullable Payload serverHandshake;

    SharedSeat(PooledUpstream upstream) {
        super(upstream, new SessionMemory(SUBSCRIPTIONS_MAX, CHARACTERS_MAX));
    }

    /** The way back to a client: what its last call knew of it, without that call's body. */
    private record Way(Session session, Principal principal) {}

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
        if (call.isNotification() && MADE_FOR_ALL.contains(call.method())) {
            return done(Reply.accepted());
        }
        if (!call.session().isModern() && !call.isNotification()) { // which may come behind its session's end
            reachBy(call);
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
        Registration ending = call.cancellation().onCancel(ping.cancellation()::cancel);
        return send(ping).whenComplete((pong, error) -> ending.close()).thenApply(pong -> {
            Payload known = serverHandshake;
            return (pong instanceof Reply.Failure failure && failure.kind() != null) || known == null
                    ? pong
                    : Reply.complete(known);
        });
    }

    /** A request comes behind the end of its session only if it was cancelled before: nobody would forget it again. */
    private void reachBy(Call call) {
        String key = call.session().key();
        Way before = sessions.put(key, new Way(call.session(), call.principal()));
        if (before == null && call.cancellation().isCancelled()) {
            sessions.remove(key);
        }
    }

    private CompletionStage<Reply> subscribe(Call call) {
        Optional<Place> joined = subscriptions.join(
                uri(call), call.session().key(), call.principal().id());
        if (joined.isEmpty()) {
            return done(
                    Reply.failure(ErrorCode.RATE_LIMITED, "Too many resources are subscribed to on this connection"));
        }
        Place place = joined.get();
        Turn turn = place.turn();
        return turn == null
                ? place.granted().thenCompose(reply -> grantedToFirst(reply, call))
                : subscribeForAll(call, place, turn);
    }

    private CompletionStage<Reply> subscribeForAll(Call call, Place place, Turn turn) {
        return turn.take(() -> unlessGone(call)).whenComplete((reply, error) -> {
            if (!(reply instanceof Reply.Complete)) {
                subscriptions.refused(place);
            }
            if (error == null) {
                place.granted().complete(forOthers(reply));
            } else {
                place.granted().completeExceptionally(error);
            }
        });
    }

    /** What is kept as long as the subscription: not the server's result, which may be large and is the first one's. */
    private static Reply forOthers(Reply reply) {
        return reply instanceof Reply.Complete ? Reply.complete(Payload.empty()) : reply;
    }

    /** What a client wanted that has gone while it waited for its turn is not begun. */
    private CompletionStage<Reply> unlessGone(Call call) {
        return call.cancellation().isCancelled()
                ? done(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"))
                : send(call);
    }

    /** What the server refuses one it has not granted to the next; but who gives up does so for nobody else. */
    private CompletionStage<Reply> grantedToFirst(Reply reply, Call next) {
        if (reply instanceof Reply.Complete) {
            return done(reply);
        }
        boolean gaveUp = reply instanceof Reply.Failure failure && failure.is(ErrorCode.CANCELLED);
        return gaveUp && !next.cancellation().isCancelled() ? subscribe(next) : done(reply);
    }

    private CompletionStage<Reply> unsubscribe(Call call) {
        return subscriptions
                .leave(uri(call), call.session().key())
                .map(turn -> turn.take(() -> takeBack(call)))
                .orElseGet(() -> done(Reply.complete(Payload.empty())));
    }

    /** Nobody wants it any more, whatever the server says to that: room for it would never be given back. */
    private CompletionStage<Reply> takeBack(Call call) {
        memory().forget(uri(call));
        return send(call);
    }

    @Override
    void notGrantedAgain(Call call) {
        if (call.method().equals("resources/subscribe")) {
            subscriptions.lost(uri(call));
        }
    }

    private static String uri(Call call) {
        return call.target().kind() == Target.Kind.RESOURCE ? call.target().name() : "";
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    @Override
    void ended(Session ended) {
        Way last = sessions.remove(ended.key());
        subscriptions.leave(ended.key()).forEach((uri, turn) -> turn.take(() -> nobodyWants(uri, last)));
    }

    private CompletionStage<Reply> nobodyWants(String uri, @Nullable Way last) {
        memory().forget(uri);
        if (last == null || !isConnected()) {
            return done(Reply.accepted());
        }
        Payload params = Payload.of(Map.of("uri", uri));
        Call call = Call.request(RequestId.of("mcpgate"), "resources/unsubscribe", params, last.session())
                .withPrincipal(last.principal())
                .withServer(upstream().name());
        // No deadline of a client ends it, and the next who wants the resource waits for it.
        return upstream().withinConnectTimeout(send(call), call.cancellation()::cancel);
    }

    /** On one stream for all, the call in flight may be another client's than the one that a message is about. */
    @Override
    public boolean mayGuess() {
        return false;
    }

    /** What the server has tied to a call is for that call's client only. */
    private static boolean isForOne(Call call) {
        return call.method().equals("notifications/progress")
                || (call.parent().isPresent()
                        && (!Duplex.concernsNoCall(call.method())
                                || Correlation.subscription(call.params()).isPresent()));
    }

    @Override
    public CompletionStage<Reply> handle(Call call) {
        if (!call.isNotification()) {
            return done(Reply.failure(
                    ErrorCode.METHOD_NOT_FOUND, "This connection is shared; its clients cannot be asked"));
        }
        if (isForOne(call)) {
            return super.handle(call);
        }
        Set<String> interested = call.method().equals("notifications/resources/updated")
                ? subscriptions.interested(uri(call))
                : sessions.keySet();
        for (String key : interested) {
            Way way = sessions.get(key);
            if (way != null) {
                super.handle(Call.unsolicited(
                        null,
                        call.method(),
                        call.params(),
                        way.session(),
                        way.principal(),
                        upstream().name()));
            }
        }
        return done(Reply.accepted());
    }
}
