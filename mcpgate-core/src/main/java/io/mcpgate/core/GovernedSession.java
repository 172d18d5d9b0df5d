package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A session as upstreams see it: what they deliver passes the steps on the way to the client. */
record GovernedSession(Session session, Function<Call, CompletionStage<Reply>> steps) implements Session {

    @Override
    public String key() {
        return session.key();
    }

    @Override
    public String protocolVersion() {
        return session.protocolVersion();
    }

    @Override
    public Optional<Payload> handshake() {
        return session.handshake();
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return steps.apply(call.withSession(this));
    }

    /** The end of the chain towards clients: hands the message to the transport. */
    static CompletionStage<Reply> toTransport(Call call) {
        Session at = call.session();
        return at instanceof GovernedSession governed
                ? governed.session.deliver(call.withSession(governed.session))
                : at.deliver(call);
    }
}
