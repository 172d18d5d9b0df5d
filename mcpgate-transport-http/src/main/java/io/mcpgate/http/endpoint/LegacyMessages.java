package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.Outgoing;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes single messages of legacy sessions through the gate. While one is under way, its session is not idle. */
final class LegacyMessages {
    private final Gate gate;

    LegacyMessages(Gate gate) {
        this.gate = gate;
    }

    /** A response to a request of a server. */
    CompletionStage<Reply> response(Visit visit, LegacySession session, Envelope message) {
        session.enter();
        return local(visit, session, () -> {
            if (message instanceof Envelope.Result result) {
                session.outgoing().complete(result);
            } else if (message instanceof Envelope.Failed failed) {
                session.outgoing().complete(failed);
            }
        });
    }

    /** A request, whose messages travel with {@code answer}. */
    CompletionStage<Reply> request(
            Visit visit, LegacySession session, RequestId id, Envelope.Request request, PostAnswer answer) {
        session.enter();
        Call call = visit.dress(Call.request(id, request.method(), request.params(), session))
                .with(PostAnswer.KEY, answer);
        AtomicBoolean fresh = new AtomicBoolean();
        CompletionStage<Reply> reply = session.incoming().handle(call, taken -> {
            fresh.set(true);
            return gate.handle(taken);
        });
        return fresh.get()
                ? reply.whenComplete((done, error) -> session.leave())
                : unlessUnknown(local(visit, session, () -> {}), reply);
    }

    /**
     * Refuses a message without taking it further. That must not be what somebody learns who is not the session's owner, so
     * the gate is asked nevertheless.
     */
    CompletionStage<Reply> refuse(Visit visit, LegacySession session, Reply.Failure refusal) {
        session.enter();
        return unlessUnknown(local(visit, session, () -> {}), CompletableFuture.completedFuture(refusal));
    }

    private static CompletionStage<Reply> unlessUnknown(CompletionStage<Reply> known, CompletionStage<Reply> refusal) {
        return known.thenCompose(
                reply -> reply instanceof Reply.Failure ? CompletableFuture.completedFuture(reply) : refusal);
    }

    /** What only concerns the connection ends here, after the gate has identified and recorded its sender. */
    CompletionStage<Reply> notification(Visit visit, LegacySession session, Envelope.Request request) {
        session.enter();
        return switch (request.method()) {
            case "notifications/cancelled" -> local(visit, session, () -> cancel(session, request.params()));
            case "notifications/progress" ->
                session.outgoing()
                        .progress(request.params())
                        .map(progress -> toServer(progressOf(progress, visit, session), session))
                        .orElseGet(() -> local(visit, session, () -> {}));
            default -> toServer(visit.dress(Call.notification(request.method(), request.params(), session)), session);
        };
    }

    private static void cancel(LegacySession session, Payload params) {
        Correlation.cancelled(params).ifPresent(session.incoming()::cancel);
    }

    /** The client tells the progress of a server's request: it goes to that server, under the server's own token. */
    private static Call progressOf(Outgoing.Told progress, Visit visit, LegacySession session) {
        Call told = visit.dress(Call.notification("notifications/progress", progress.params(), session));
        return progress.call().server().map(told::withServer).orElse(told);
    }

    private CompletionStage<Reply> toServer(Call call, LegacySession session) {
        return gate.handle(call).whenComplete((reply, error) -> session.leave());
    }

    private CompletionStage<Reply> local(Visit visit, LegacySession session, Runnable ifAllowed) {
        return gate.handle(visit.dress(LocalCall.ANSWER.on(session))).thenApply(reply -> {
            session.leave();
            if (!(reply instanceof Reply.Failure)) {
                ifAllowed.run();
            }
            return reply;
        });
    }
}
