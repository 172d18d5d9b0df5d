package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.protocol.ForwardingSession;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A session as upstreams see it: what they deliver passes the steps on the way to the client. */
final class GovernedSession extends ForwardingSession {
    private final Function<Call, CompletionStage<Reply>> steps;

    GovernedSession(Session session, Function<Call, CompletionStage<Reply>> steps) {
        super(session);
        this.steps = steps;
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return steps.apply(call.withSession(this));
    }

    /** The end of the chain towards clients: hands the message to the transport. */
    static CompletionStage<Reply> toTransport(Call call) {
        Session at = call.session();
        return at instanceof GovernedSession governed
                ? governed.session().deliver(call.withSession(governed.session()))
                : at.deliver(call);
    }
}
