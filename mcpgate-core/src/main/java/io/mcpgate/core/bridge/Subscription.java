package io.mcpgate.core.bridge;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.ListKind;
import io.mcpgate.core.route.Backoff;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a legacy client is told outside of its requests, listened for at a modern server in its name: one
 * {@code subscriptions/listen} at a time. Another wish opens another one, and the one before ends when the server has
 * acknowledged it, so that nothing is missed or told twice. One that breaks off is opened again, and then the client is told that
 * everything may have changed meanwhile.
 */
final class Subscription {
    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_LONGEST = Duration.ofMinutes(1);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(10);
    /** A request that lasted as long as this broke by chance; others may break at once each time. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private static final AttributeKey<Listening> KEY = AttributeKey.of("listening", Listening.class);

    private final Upstream server;
    private final BiFunction<Call, Payload, Call> request;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;
    private final Backoff backoff = new Backoff(WAIT_FIRST, WAIT_LONGEST, System::nanoTime);
    private final Wishes wishes = new Wishes();
    private final Set<Listening> open = new LinkedHashSet<>(); // oldest first; guarded by this
    private @Nullable Listening current; // the newest that was acknowledged; guarded by this
    private boolean missed; // something may have been, since there was none; guarded by this
    private boolean closed; // guarded by this
    private volatile @Nullable Call client; // its latest call

    /**
     * Nothing is listened for yet.
     *
     * @param request makes a request of the client that a call came from, with these params
     */
    Subscription(
            Upstream server,
            BiFunction<Call, Payload, Call> request,
            JsonReader reader,
            ScheduledExecutorService timer) {
        this.server = server;
        this.request = request;
        this.reader = reader;
        this.timer = timer;
    }

    /** One request that listens. */
    private static final class Listening {
        private final Call call;
        /** For what was wanted before, and not for a new wish. */
        private final boolean renewed;

        private final CompletableFuture<Set<String>> acknowledged = new CompletableFuture<>();
        private volatile long acknowledgedNanos;

        private Listening(Call call, boolean renewed) {
            this.call = call;
            this.renewed = renewed;
        }

        private void acknowledge(Set<String> honoured) {
            acknowledgedNanos = System.nanoTime();
            acknowledged.complete(honoured);
        }

        private boolean wasSteady() {
            return System.nanoTime() - acknowledgedNanos > STEADY.toNanos();
        }

        private void cancel() {
            call.cancellation().cancel();
        }
    }

    /** The client can be reached by the session of this call; its body and its attributes are not kept for that. */
    void reachBy(Call call) {
        client = Call.notification(Terms.LISTEN, Payload.empty(), call.session())
                .withPrincipal(call.principal())
                .withServer(call.server().orElse(server.name()));
    }

    /** Listens for the lists of whose changes the server has promised to tell. */
    void start(Set<ListKind> promised) {
        wishes.lists(promised);
        listen(true);
    }

    CompletionStage<Reply> add(Call call) {
        String uri = call.target().name();
        boolean added;
        synchronized (this) {
            if (wishes.isTooMuch(uri)) {
                return done(Reply.failure(ErrorCode.RATE_LIMITED, "Too many resources are subscribed to here"));
            }
            added = wishes.add(uri);
        }
        return listen(false).handle((honoured, error) -> {
            if (error == null && honoured.contains(uri)) {
                return Reply.complete(Payload.empty());
            }
            if (added) {
                wishes.remove(uri);
            }
            return refusal(error);
        });
    }

    private static Reply refusal(@Nullable Throwable error) {
        Throwable cause = error == null || error.getCause() == null ? error : error.getCause();
        return cause instanceof NotHeard notHeard
                ? notHeard.reply
                : Reply.failure(ErrorCode.INVALID_PARAMS, "The server takes no subscription to this resource");
    }

    CompletionStage<Reply> remove(Call call) {
        return wishes.remove(call.target().name())
                ? listen(false).handle((honoured, error) -> Reply.complete(Payload.empty()))
                : done(Reply.complete(Payload.empty()));
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    /** Completes with the URIs that the server has acknowledged. */
    private CompletionStage<Set<String>> listen(boolean renewed) {
        Call by = client;
        Listening listening = null;
        List<Listening> unwanted = List.of();
        synchronized (this) {
            if (by == null || closed) {
                return CompletableFuture.completedFuture(Set.of());
            }
            if (wishes.isEmpty()) {
                unwanted = List.copyOf(open);
                open.clear();
                current = null;
            } else {
                listening = new Listening(request.apply(by, wishes.filter()), renewed);
                open.add(listening);
            }
        }
        cancel(unwanted);
        return listening == null ? CompletableFuture.completedFuture(Set.of()) : open(listening);
    }

    private CompletionStage<Set<String>> open(Listening listening) {
        Stages.begin(() -> server.forward(listening.call.with(KEY, listening)))
                .whenComplete((reply, error) -> ended(listening, error == null ? reply : null));
        Timeouts.within(listening.acknowledged, ACKNOWLEDGED_WITHIN, timer, () -> {
            listening.cancel();
            return new NotHeard(null);
        });
        return listening.acknowledged;
    }

    /** Whether a notification came on one of these streams. */
    boolean isFor(Call notification) {
        return notification.parent().flatMap(parent -> parent.attribute(KEY)).isPresent();
    }

    /** Takes such a notification further, if it came on the newest stream. */
    CompletionStage<Reply> heard(Call notification) {
        Listening by =
                notification.parent().flatMap(parent -> parent.attribute(KEY)).orElseThrow();
        if (notification.method().equals(Terms.ACKNOWLEDGED)) {
            acknowledged(by, notification.params());
            return done(Reply.accepted());
        }
        synchronized (this) {
            if (by != current) {
                return done(Reply.accepted()); // the other stream tells it as well
            }
        }
        return tell(notification.method(), Terms.unsubscribed(notification.params(), reader));
    }

    private CompletionStage<Reply> tell(String method, Payload params) {
        Call by = client;
        return by == null
                ? done(Reply.accepted())
                : by.session()
                        .deliver(Call.unsolicited(
                                null,
                                method,
                                params,
                                by.session(),
                                by.principal(),
                                by.server().orElse(server.name())));
    }

    private void acknowledged(Listening listening, Payload params) {
        List<Listening> superseded = new ArrayList<>();
        boolean catchUp;
        synchronized (this) {
            if (!open.contains(listening)) {
                return; // another one has taken its place already
            }
            for (Listening earlier : open) {
                if (earlier == listening) {
                    break;
                }
                superseded.add(earlier);
            }
            superseded.forEach(open::remove);
            current = listening;
            catchUp = missed;
            missed = false;
        }
        Set<String> honoured = honoured(params);
        listening.acknowledge(honoured);
        superseded.forEach(earlier -> earlier.acknowledge(honoured)); // it wanted nothing that this one does not
        List<Runnable> then = new ArrayList<>();
        then.add(() -> cancel(superseded));
        if (catchUp) {
            then.add(this::tellThatAllMayHaveChanged);
        }
        Closing.all(then);
    }

    private static void cancel(List<Listening> some) {
        Closing.all(some.stream().<Runnable>map(listening -> listening::cancel).toList());
    }

    private static Set<String> honoured(Payload params) {
        Set<String> honoured = new LinkedHashSet<>();
        if (params.member("notifications", "resourceSubscriptions") instanceof List<?> list) {
            list.forEach(uri -> honoured.add(String.valueOf(uri)));
        }
        return honoured;
    }

    private void tellThatAllMayHaveChanged() {
        wishes.lists().forEach(kind -> tell(kind.notification(), Payload.empty()));
        wishes.uris().forEach(uri -> tell("notifications/resources/updated", Payload.of(Map.of("uri", uri))));
    }

    private void ended(Listening listening, @Nullable Reply reply) {
        listening.acknowledged.completeExceptionally(new NotHeard(reply)); // first, for then its wish is withdrawn
        boolean again;
        synchronized (this) {
            open.remove(listening);
            boolean wasCurrent = listening == current;
            if (wasCurrent) {
                current = null;
                missed = true;
                if (listening.wasSteady()) {
                    backoff.succeeded();
                }
            }
            boolean refused = !wasCurrent && reply instanceof Reply.Failure failure && failure.kind() == null;
            again = !closed
                    && current == null
                    && open.isEmpty()
                    && !wishes.isEmpty()
                    && !(refused && listening.renewed);
            missed |= again;
        }
        if (again) {
            backoff.failed();
            listenAgainAfter(backoff.remaining());
        }
    }

    private void listenAgainAfter(Duration wait) {
        try {
            timer.schedule(this::listenAgain, wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // the gateway is closing, and nobody will be told anything more
        }
    }

    private void listenAgain() {
        synchronized (this) {
            if (!open.isEmpty()) {
                return; // for a new wish, and so for the old ones, too
            }
        }
        listen(true);
    }

    void close() {
        List<Listening> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open);
        }
        cancel(all);
    }

    /** The server ended a request to listen before it acknowledged it. */
    private static final class NotHeard extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Reply reply;

        NotHeard(@Nullable Reply reply) {
            super("not acknowledged", null, false, false);
            this.reply = reply instanceof Reply.Failure failure
                    ? failure
                    : Reply.failure(ErrorCode.UNAVAILABLE, "The server takes no subscriptions now");
        }
    }
}
