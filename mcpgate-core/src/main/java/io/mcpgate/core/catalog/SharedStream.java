package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.ForwardingSession;
import io.mcpgate.core.protocol.ListenEnd;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one stream on which a client hears of several servers. First comes the acknowledgement, once every server has
 * acknowledged or ended, or the patience is over; what servers tell meanwhile waits, and then passes one after the other
 * ({@link Deliveries}). If more is told than may wait, be it for the acknowledgement or for the client to read, the listens at
 * all servers end: the client would otherwise wait for what was dropped, and so listens anew.
 *
 * <p>Safe for use by many threads.
 */
final class SharedStream {
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

    private final Call listen;
    private final Map<?, ?> asked;
    private final JsonReader reader;
    private final Runnable endAll;
    private final Set<String> awaited; // guarded by this
    private final Map<String, Map<?, ?>> honoured = new HashMap<>(); // guarded by this
    private boolean decided; // guarded by this
    private final Deliveries deliveries = new Deliveries();
    private final Future<?> alarm;

    /**
     * The stream of one listen.
     *
     * @param asked what the client wants to be told of
     * @param servers those that are listened to
     * @param endAll ends the listens at all of them; may run several times
     */
    SharedStream(
            Call listen, Map<?, ?> asked, List<String> servers, Survey survey, JsonReader reader, Runnable endAll) {
        this.listen = listen;
        this.asked = asked;
        this.reader = reader;
        this.endAll = endAll;
        this.awaited = new HashSet<>(servers);
        this.alarm = survey.timer().schedule(this::begin, survey.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The client's session as the listen at one server sees it. */
    Session of(String server) {
        return new Part(listen.session(), server);
    }

    private final class Part extends ForwardingSession {
        private final String server;

        private Part(Session session, String server) {
            super(session);
            this.server = server;
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            if (call.method().equals(ACKNOWLEDGED)) {
                acknowledged(server, call.params().members().get("notifications"));
                return CompletableFuture.completedFuture(Reply.accepted());
            }
            Frame message = Frame.request(null, call.method(), call.params());
            return deliveries
                    .add(message, () -> session().deliver(call.withSession(session())))
                    .orElseGet(SharedStream.this::tooMuch);
        }
    }

    private CompletionStage<Reply> tooMuch() {
        endAll.run();
        return CompletableFuture.completedFuture(
                Reply.failure(ErrorCode.UNAVAILABLE, "Too much waits for the client of this stream"));
    }

    private void acknowledged(String server, @Nullable Object subset) {
        synchronized (this) {
            if (subset instanceof Map<?, ?> map) {
                honoured.put(server, map);
            }
        }
        settled(server);
    }

    /**
     * The listen at a server has ended.
     *
     * @return whether something is missing on this stream from now on: the server had acknowledged what the client asked for.
     *     One that never did, or that honours nothing, leaves no gap
     */
    boolean ended(String server) {
        settled(server);
        synchronized (this) {
            Map<?, ?> own = honoured.get(server);
            return own != null && !subset(List.of(own)).isEmpty();
        }
    }

    private void settled(String server) {
        boolean all;
        synchronized (this) {
            awaited.remove(server);
            all = awaited.isEmpty() && !honoured.isEmpty(); // if nobody listens, the reply says so and not the stream
        }
        if (all) {
            begin();
        }
    }

    /** Acknowledges to the client what was acknowledged here, once; what is acknowledged later needs no word. */
    private void begin() {
        Map<String, Object> subset;
        synchronized (this) {
            if (decided) {
                return;
            }
            decided = true;
            subset = subset(honoured.values());
        }
        alarm.cancel(false);
        Payload params = subscribed(Map.of("notifications", subset));
        deliveries.begin(() -> listen.session().deliver(listen.notificationToClient(ACKNOWLEDGED, params)));
    }

    /** What of what was asked is honoured by at least one server, given what each honours. */
    private Map<String, Object> subset(Collection<Map<?, ?>> each) {
        Map<String, Object> subset = new LinkedHashMap<>();
        asked.forEach((kind, value) -> {
            if (value instanceof List<?> named) {
                List<?> kept = named.stream()
                        .filter(name -> isHonoured(kind, name, each))
                        .toList();
                if (!kept.isEmpty()) {
                    subset.put((String) kind, kept);
                }
            } else if (value != null && each.stream().anyMatch(map -> value.equals(map.get(kind)))) {
                subset.put((String) kind, value);
            }
        });
        return subset;
    }

    private static boolean isHonoured(@Nullable Object kind, @Nullable Object name, Collection<Map<?, ?>> each) {
        return each.stream().anyMatch(map -> map.get(kind) instanceof List<?> names && names.contains(name));
    }

    /**
     * All listens have ended: says how, after the last message was taken. If no server ever listened, the client gets the
     * error of one of them and no stream.
     */
    CompletionStage<Reply> close(List<CompletableFuture<Reply>> listens) {
        Reply refusal = isSilent() ? refusal(listens) : null;
        if (refusal != null) {
            alarm.cancel(false);
            return CompletableFuture.completedFuture(refusal);
        }
        begin();
        return deliveries
                .end()
                .handle((done, error) -> listen.cancellation().isCancelled()
                        ? Reply.failure(ErrorCode.CANCELLED, "The call was cancelled")
                        : ListenEnd.of(listen.id().orElseThrow()));
    }

    private synchronized boolean isSilent() {
        return !decided && honoured.isEmpty() && deliveries.isUnused();
    }

    private static @Nullable Reply refusal(List<CompletableFuture<Reply>> listens) {
        Reply refusal = null;
        for (CompletableFuture<Reply> ended : listens) {
            Reply reply = ended.isCompletedExceptionally()
                    ? Reply.failure(ErrorCode.INTERNAL, "Internal error")
                    : ended.join();
            if (!(reply instanceof Reply.Failure failure)) {
                return null;
            }
            refusal = refusal == null || failure.kind() == null ? reply : refusal;
        }
        return refusal;
    }

    /** A body of this stream: it says which listen it belongs to. */
    private Payload subscribed(Map<String, ?> members) {
        return Correlation.subscribed(
                reader.raw(Payload.of(members)), listen.id().orElseThrow());
    }
}
