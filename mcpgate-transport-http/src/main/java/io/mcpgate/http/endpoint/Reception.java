package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.LocalCall;

/** Turns visitors away whose request leads nowhere, but not before the gate has recorded it. */
final class Reception {
    private final Gate gate;

    Reception(Gate gate) {
        this.gate = gate;
    }

    /**
     * Refuses what is wrong in itself, whoever sent it: nobody is identified, and the record says what was wrong.
     */
    void refuse(Responder out, Refusal refusal) {
        Credential nobody = new Credential.Ambiguous(refusal.reason());
        gate.handle(LocalCall.REFUSED.on(Unowned.INSTANCE).with(Credential.KEY, nobody))
                .whenComplete((recorded, broken) -> out.refuse(refusal));
    }

    /** Who is not identified gets 401 and learns nothing; others get {@code otherwise}. The record names what was sent. */
    void turnAway(Visit visit, Envelope message, Refusal otherwise) {
        turnAway(visit, callOf(message), otherwise);
    }

    /** The same for what is no message. */
    void turnAway(Visit visit, LocalCall what, Refusal otherwise) {
        turnAway(visit, what.on(Unowned.INSTANCE), otherwise);
    }

    private static Call callOf(Envelope message) {
        if (!(message instanceof Envelope.Request request)) {
            return LocalCall.ANSWER.on(Unowned.INSTANCE);
        }
        RequestId id = request.id();
        return id == null
                ? Call.notification(request.method(), request.params(), Unowned.INSTANCE)
                : Call.request(id, request.method(), request.params(), Unowned.INSTANCE);
    }

    private void turnAway(Visit visit, Call call, Refusal otherwise) {
        visit.settle(gate.handle(visit.dress(call)), reply -> visit.out().refuse(strongest(reply, otherwise)));
    }

    private static Refusal strongest(Reply reply, Refusal otherwise) {
        return reply instanceof Reply.Failure failure && !failure.is(ErrorCode.NOT_FOUND)
                ? Refusal.of(Statuses.LEGACY.ofNotification(reply), failure).to(otherwise.id())
                : otherwise;
    }
}
