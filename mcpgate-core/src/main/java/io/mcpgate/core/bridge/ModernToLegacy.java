package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.route.Upstream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Clients of 2026-07-28 at a server that wants sessions. The gateway keeps some sessions for each principal; what the server
 * asks during a call, the client is asked within the result, while the server's call stays pending until the client comes
 * back with the answers.
 */
final class ModernToLegacy implements Upstream {
    private final Upstream server;
    private final JsonReader reader;
    private final StandIns standIns;
    private final Suspended suspended;

    ModernToLegacy(Upstream server, JsonReader reader, ScheduledExecutorService timer) {
        this.server = server;
        this.reader = reader;
        this.standIns = new StandIns(server, reader);
        this.suspended = new Suspended(timer);
    }

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        if (call.isNotification()) {
            return done(Reply.accepted()); // there is none that means anything without a session
        }
        if (call.params().string("requestState").isPresent()) {
            return resume(call);
        }
        return switch (call.method()) {
            case "server/discover" -> inSession(call, standIn -> done(discovered(standIn)));
            case Terms.LISTEN -> inSession(call, standIn -> standIn.listeners().listen(call));
            case "tasks/get", "tasks/update", "tasks/cancel" -> done(notBridged());
            default -> begin(call);
        };
    }

    private static Reply notBridged() {
        return Reply.failure(
                ErrorCode.METHOD_NOT_FOUND, "Tasks of 2026-07-28 cannot be had from a server of an earlier revision");
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private static Reply discovered(StandIn standIn) {
        return Reply.complete(Terms.discoverResult(standIn.greeting()));
    }

    /** Something to do in a session that is open. */
    @FunctionalInterface
    private interface Use {
        CompletionStage<Reply> in(StandIn standIn);
    }

    private CompletionStage<Reply> inSession(Call call, Use use) {
        Optional<StandIn> leased = standIns.lease(call);
        if (leased.isEmpty()) {
            return done(Reply.failure(
                    ErrorCode.UNAVAILABLE, "The server \"" + name() + "\" has no session free; try again later"));
        }
        StandIn standIn = leased.get();
        return standIn.open(call)
                .thenCompose(opened -> opened instanceof Reply.Complete ? use.in(standIn) : done(opened))
                .whenComplete((reply, error) -> standIn.leave());
    }

    private CompletionStage<Reply> begin(Call call) {
        CompletableFuture<Reply> first = new CompletableFuture<>();
        inSession(call, standIn -> {
                    Conversation conversation = new Conversation(call, standIn, suspended, reader);
                    conversation.join(call).whenComplete((reply, error) -> {
                        if (error == null) {
                            first.complete(reply);
                        } else {
                            first.completeExceptionally(error);
                        }
                    });
                    return standIn.level(call)
                            .thenCompose(set -> server.forward(conversation.toServer()))
                            .whenComplete(conversation::settled);
                })
                .whenComplete((reply, error) -> { // when the call never began
                    if (error != null) {
                        first.completeExceptionally(error);
                    } else {
                        first.complete(reply);
                    }
                });
        return first;
    }

    private CompletionStage<Reply> resume(Call call) {
        Payload params = call.params();
        Suspended.Waiting waiting = suspended.take(call).orElse(null);
        if (waiting == null) {
            return done(
                    Reply.failure(
                            ErrorCode.INVALID_PARAMS,
                            "This requestState is unknown, used up or expired, or belongs to another request; call again without it"));
        }
        return waiting.resume(call, Terms.responses(params), this::begin);
    }

    @Override
    public void ended(Session session) {}

    /** Gives up what waits for clients. The server is closed by whoever made it. */
    @Override
    public void close() {
        suspended.close();
        standIns.close();
    }
}
