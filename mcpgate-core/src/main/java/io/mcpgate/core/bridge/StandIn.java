package io.mcpgate.core.bridge;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.core.route.ReconnectingSession;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.route.Upstream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session at a legacy server in the name of one principal, for requests that have none. What the server sends during a
 * call goes to its {@link Conversation}, what it sends of its own accord to those who listen. Safe for use by many threads.
 */
final class StandIn implements ReconnectingSession {
    static final AttributeKey<Conversation> CONVERSATION = AttributeKey.of("conversation", Conversation.class);

    private final String key;
    private final Upstream server;
    private final Payload handshake;
    private final ScheduledExecutorService timer;
    private final Listeners listeners;
    private final OpenQuestions questions = new OpenQuestions();
    private final Map<Use, AtomicInteger> uses = new EnumMap<>(Use.class); // not changed after construction
    private volatile long lastUsedNanos = System.nanoTime();
    private volatile @Nullable Payload greeting;
    private volatile boolean closed;
    private @Nullable CompletableFuture<Reply> opening; // guarded by this
    private int level = Terms.LOG_LEVELS.size(); // less is more; guarded by this
    private int levelSettled = level; // of those, what the server has heard; guarded by this

    StandIn(String key, Upstream server, Payload handshake, JsonReader reader, ScheduledExecutorService timer) {
        this.key = key;
        this.server = server;
        this.handshake = handshake;
        this.timer = timer;
        this.listeners = new Listeners(this, reader, timer);
        for (Use use : Use.values()) {
            uses.put(use, new AtomicInteger());
        }
    }

    /** What a session is used for. */
    enum Use {
        /** A call that wants no other beside it. */
        ALONE,
        /** A call that does not mind. */
        SHARED,
        /** Somebody listens, which disturbs no call. */
        LISTENING
    }

    void enter(Use use) {
        count(use).incrementAndGet();
    }

    void leave(Use use) {
        lastUsedNanos = System.nanoTime();
        count(use).decrementAndGet();
    }

    private AtomicInteger count(Use use) {
        return Objects.requireNonNull(uses.get(use), "use");
    }

    /** Whether a call is here that wants no other beside it. */
    boolean isTaken() {
        return count(Use.ALONE).get() > 0;
    }

    int calls() {
        return count(Use.ALONE).get() + count(Use.SHARED).get();
    }

    boolean isIdle() {
        return calls() == 0 && count(Use.LISTENING).get() == 0;
    }

    OpenQuestions questions() {
        return questions;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    Listeners listeners() {
        return listeners;
    }

    /** What the server said in the handshake. */
    Payload greeting() {
        Payload known = greeting;
        if (known == null) {
            throw new IllegalStateException("This session has not been opened");
        }
        return known;
    }

    /** Makes the handshake, the first time. Completes with the server's answer to it. */
    CompletionStage<Reply> open(Call by) {
        if (closed) {
            return CompletableFuture.completedFuture(ended());
        }
        CompletableFuture<Reply> fresh = new CompletableFuture<>();
        synchronized (this) {
            if (opening != null) {
                return opening;
            }
            opening = fresh;
        }
        Stages.begin(() -> server.forward(request(by, "initialize", handshake)))
                .thenCompose(reply -> greeted(by, reply))
                .whenComplete((reply, error) -> {
                    if (!(reply instanceof Reply.Complete)) {
                        synchronized (this) {
                            opening = null; // the next call tries again
                        }
                    }
                })
                .whenComplete(Stages.into(fresh));
        return fresh;
    }

    private CompletionStage<Reply> greeted(Call by, Reply reply) {
        if (!(reply instanceof Reply.Complete complete)) {
            return CompletableFuture.completedFuture(reply);
        }
        greeting = complete.result();
        Call initialized = Call.notification("notifications/initialized", Payload.empty(), this);
        return server.forward(inNameOf(by, initialized)).thenApply(told -> reply);
    }

    private static Reply ended() {
        return Reply.failure(ErrorCode.UNAVAILABLE, "The session at the server has ended");
    }

    /** Sends a request of the gateway's own in this session, and does not wait for ever. */
    CompletionStage<Reply> send(Call by, String method, Payload params) {
        if (closed) {
            return CompletableFuture.completedFuture(ended());
        }
        Call request = request(by, method, params);
        return Waiting.inTime(Stages.begin(() -> server.forward(request)), request, Waiting.PATIENCE, timer);
    }

    private Call request(Call by, String method, Payload params) {
        return inNameOf(by, Call.request(RequestId.of("mcpgate"), method, params, this));
    }

    private Call inNameOf(Call by, Call made) {
        return made.withPrincipal(by.principal()).withServer(by.server().orElse(server.name()));
    }

    /**
     * Makes the server log at least as much as a call wants; what other calls do not want is left out for them. Never fails:
     * a call does not fail for want of logs.
     */
    CompletionStage<?> level(Call call) {
        int wanted = Terms.logLevel(call.params());
        synchronized (this) {
            if (wanted < 0 || wanted >= level || greeting().member("capabilities", "logging") == null) {
                return CompletableFuture.completedFuture(null);
            }
            level = wanted;
        }
        Payload params = Payload.of(Map.of("level", Terms.LOG_LEVELS.get(wanted)));
        return send(call, "logging/setLevel", params).handle((reply, error) -> {
            if (isSettled(reply)) {
                levelSettled(wanted);
            } else {
                levelNotAsked(wanted);
            }
            return wanted;
        });
    }

    /** A server that refuses, or is silent, would be so again, and each call would wait for that. */
    private static boolean isSettled(@Nullable Reply reply) {
        return reply instanceof Reply.Complete
                || (reply instanceof Reply.Failure failure
                        && (failure.kind() == null || failure.is(ErrorCode.DEADLINE)));
    }

    private synchronized void levelSettled(int wanted) {
        levelSettled = Math.min(levelSettled, wanted);
    }

    /** The next call asks again, unless another has asked for more meanwhile. */
    private synchronized void levelNotAsked(int wanted) {
        if (level == wanted) {
            level = levelSettled;
        }
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String protocolVersion() {
        return ProtocolVersions.LEGACY.get(0);
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.of(handshake);
    }

    /** What changed meanwhile nobody was told, so those who listen are sent to listen again. */
    @Override
    public void reconnecting() {
        listeners.endAll();
    }

    /** Gives the session back to the server; nothing is asked in it any more. */
    void close() {
        closed = true;
        listeners.close();
        server.ended(this);
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        if (call.isNotification() && Listeners.isForListeners(call.method())) {
            return listeners.tell(call);
        }
        Optional<Conversation> conversation =
                call.parent().flatMap(parent -> parent.attribute(CONVERSATION)).or(questions::onlyConversation);
        if (call.isNotification()) {
            return conversation.isPresent()
                    ? conversation.get().tell(call)
                    : CompletableFuture.completedFuture(Reply.accepted());
        }
        return conversation.isPresent() ? conversation.get().ask(call) : questions.ask(call, handshake);
    }
}
