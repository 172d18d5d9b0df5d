package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.route.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

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
    private final Runnable handshakeRefused;

    /**
     * Opens no session yet.
     *
     * @param handshakeRefused is told when the server does not know what a handshake is
     */
    ModernToLegacy(Upstream server, JsonReader reader, ScheduledExecutorService timer, Runnable handshakeRefused) {
        this.server = server;
        this.reader = reader;
        this.standIns = new StandIns(server, reader, timer);
        this.suspended = new Suspended(timer);
        this.handshakeRefused = handshakeRefused;
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
            case "tasks/get", "tasks/update", "tasks/cancel" ->
                refused("Tasks of 2026-07-28 cannot be had from a server of an earlier revision");
            // A session is shared by several clients, none of which is to change it for the others.
            case "initialize",
                    "ping",
                    "logging/setLevel",
                    "resources/subscribe",
                    "resources/unsubscribe",
                    "tasks/result",
                    "tasks/list" -> refused("There is no such method in 2026-07-28");
            default -> begin(call);
        };
    }

    private static CompletionStage<Reply> refused(String why) {
        return done(Reply.failure(ErrorCode.METHOD_NOT_FOUND, why));
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
        return opened(call, standIn -> unlessGone(call, () -> use.in(standIn)));
    }

    /** The same for what is of use to others, too, when its client has gone. */
    private CompletionStage<Reply> opened(Call call, Use use) {
        Optional<StandIns.Lease> leased = standIns.lease(call);
        if (leased.isEmpty()) {
            return done(Reply.failure(
                    ErrorCode.UNAVAILABLE, "The server \"" + name() + "\" has no session free; try again later"));
        }
        StandIns.Lease lease = leased.get();
        return lease.standIn()
                .open(call)
                .thenCompose(opened -> opened instanceof Reply.Complete ? use.in(lease.standIn()) : notOpened(opened))
                .whenComplete((reply, error) -> lease.end());
    }

    /** What a client that has gone wanted is not begun. */
    private static CompletionStage<Reply> unlessGone(Call call, Supplier<CompletionStage<Reply>> next) {
        return call.cancellation().isCancelled()
                ? done(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"))
                : next.get();
    }

    private CompletionStage<Reply> notOpened(Reply refusal) {
        if (!EraBridge.isRefused(refusal)) {
            return done(refusal);
        }
        handshakeRefused.run();
        // Its words are about a handshake of which this client knows nothing.
        return done(Reply.failure(ErrorCode.BAD_UPSTREAM, "The server \"" + name() + "\" refused the handshake"));
    }

    /** Whether the server takes the handshake in the name of this caller, for whom the session is kept. */
    CompletionStage<Boolean> takesHandshake(Call call) {
        return opened(call, standIn -> done(Reply.accepted()))
                .handle((reply, error) -> reply instanceof Reply.Accepted);
    }

    private CompletionStage<Reply> begin(Call call) {
        CompletableFuture<Reply> first = new CompletableFuture<>();
        inSession(call, standIn -> converse(call, standIn, first))
                .whenComplete(Stages.into(first)); // for a call that never began
        return first;
    }

    /** Completes when the server is done with the call; {@code first}, when the first round ends. */
    private CompletionStage<Reply> converse(Call call, StandIn standIn, CompletableFuture<Reply> first) {
        Conversation conversation = new Conversation(call, standIn, suspended, reader);
        CompletionStage<Reply> round = conversation.join(call);
        round.whenComplete(Stages.into(first));
        standIn.questions().begins(conversation);
        return standIn.level(call)
                .thenCompose(set -> unlessGone(call, () -> server.forward(conversation.toServer())))
                .handle(conversation::settled)
                .whenComplete((settled, error) -> standIn.questions().ends(conversation))
                .thenCompose(settled -> round);
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

    /** Gives up what waits for clients, and ends what listens. The server is closed by whoever made it. */
    @Override
    public void close() {
        Closing.all(List.of(suspended::close, standIns::close));
    }
}
