package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.protocol.ListKind;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.route.Upstream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One client with a session, as a server of 2026-07-28 meets it: each of its requests describes itself, from what the client
 * said in its handshake. Safe for use by many threads.
 */
final class LegacyClient {
    /** Says that the client knows tasks, in a request for which it asks for one. */
    private static final Rewrite KNOWING_TASKS = Rewrite.builder()
            .put("{}", "_meta", Terms.CLIENT_CAPABILITIES, "extensions", Terms.TASKS_EXTENSION)
            .build();

    private final Upstream server;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;
    private final Interview interview;
    private final Subscription subscription;
    private final LegacyTasks tasks;
    private volatile @Nullable Payload handshake;
    private volatile @Nullable String logLevel;
    private volatile @Nullable Rewrite description; // derived from the two above
    private volatile Set<ListKind> promised = Set.of(); // of whose changes the server tells

    LegacyClient(Upstream server, JsonReader reader, ScheduledExecutorService timer) {
        this.server = server;
        this.reader = reader;
        this.timer = timer;
        this.interview = new Interview(server, reader, timer);
        this.tasks = new LegacyTasks(this::ofTasks, interview, reader, timer);
        this.subscription = new Subscription(server, this::listen, reader, timer);
    }

    CompletionStage<Reply> forward(Call call) {
        subscription.reachBy(call);
        return switch (call.method()) {
            case "initialize" -> initialize(call);
            case "notifications/initialized" -> {
                subscription.start(promised);
                yield done(Reply.accepted());
            }
            case "ping" -> done(Reply.complete(Payload.empty()));
            case "logging/setLevel" -> setLevel(call);
            case "resources/subscribe" -> subscription.add(call);
            case "resources/unsubscribe" -> subscription.remove(call);
            case "tasks/get", "tasks/result", "tasks/list", "tasks/cancel" -> tasks.handle(call);
            default -> call.isNotification() ? done(Reply.accepted()) : request(call);
        };
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private CompletionStage<Reply> initialize(Call call) {
        handshake = call.params();
        describe();
        String asked = call.params().string("protocolVersion").orElse("");
        return discover(call).thenApply(reply -> {
            if (!(reply instanceof Reply.Complete complete)) {
                return reply;
            }
            Payload result = Terms.initializeResult(asked, complete.result(), server.name());
            promised = ListKind.promisedBy(result); // and no more of it: it may be large
            return Reply.complete(result);
        });
    }

    private CompletionStage<Reply> discover(Call call) {
        Call discover = inNameOf(call, RequestId.of("discover"), "server/discover", Payload.empty());
        return Waiting.inTime(forwardWithin(call, discover), discover, Waiting.PATIENCE, timer);
    }

    /** Sends a request of the gateway's own, which ends with the call that it is made for. */
    private CompletionStage<Reply> forwardWithin(Call call, Call request) {
        Cancellation.Registration watch = call.cancellation().onCancel(request.cancellation()::cancel);
        return server.forward(request).whenComplete((reply, error) -> watch.close());
    }

    /** A request of the gateway's own, described as the client's are. */
    private Call inNameOf(Call call, RequestId id, String method, Payload params) {
        return Call.request(id, method, description(call).apply(reader, params), view(call))
                .withPrincipal(call.principal())
                .withServer(call.server().orElse(server.name()));
    }

    private CompletionStage<Reply> ofTasks(Call call, String method, Payload params) {
        Call request = inNameOf(call, RequestId.of("task"), method, params);
        return forwardWithin(call, request.withParams(KNOWING_TASKS.apply(reader, request.params())));
    }

    private Call listen(Call reachedBy, Payload params) {
        return inNameOf(reachedBy, RequestId.of("listen"), Terms.LISTEN, params);
    }

    private CompletionStage<Reply> request(Call call) {
        Payload said = description(call).apply(reader, call.params());
        boolean asTask = call.method().equals("tools/call") && holdsTask(call.params());
        Call described = call.withSession(view(call)).withParams(asTask ? KNOWING_TASKS.apply(reader, said) : said);
        return server.forward(described).thenCompose(reply -> interview.settle(call, described, reply));
    }

    private static boolean holdsTask(Payload params) {
        return params instanceof RawPayload raw ? raw.holdsTask() : params.member("task") instanceof Map;
    }

    private Session view(Call call) {
        return new ModernView(call.session(), subscription);
    }

    private CompletionStage<Reply> setLevel(Call call) {
        String level = call.params().string("level").orElse("");
        if (!Terms.LOG_LEVELS.contains(level)) {
            return done(Reply.failure(ErrorCode.INVALID_PARAMS, "The level is none of " + Terms.LOG_LEVELS));
        }
        logLevel = level;
        describe();
        return done(Reply.complete(Payload.empty()));
    }

    private Rewrite description(Call call) {
        Rewrite known = description;
        if (known != null) {
            return known;
        }
        handshake = call.session().handshake().orElse(Payload.empty());
        return describe();
    }

    private synchronized Rewrite describe() {
        Payload said = handshake == null ? Payload.empty() : handshake;
        Rewrite.Builder described = Rewrite.builder()
                .remove("task") // of 2025-11-25; this server would make nothing of it
                .putText(ProtocolVersions.MODERN, "_meta", Terms.VERSION)
                .put(Terms.modernCapabilities(said), "_meta", Terms.CLIENT_CAPABILITIES);
        if (said.member("clientInfo") instanceof Map<?, ?> info) {
            described.put(Terms.payload(info), "_meta", Terms.CLIENT_INFO);
        }
        if (logLevel != null) {
            described.putText(logLevel, "_meta", Terms.LOG_LEVEL);
        }
        Rewrite known = described.build();
        description = known;
        return known;
    }

    void close() {
        subscription.close();
    }
}
