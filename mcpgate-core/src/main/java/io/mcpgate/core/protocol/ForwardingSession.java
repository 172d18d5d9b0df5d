package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A client's session that is the same as another one, but for what is said otherwise. */
public abstract class ForwardingSession implements Session {
    private final Session session;

    protected ForwardingSession(Session session) {
        this.session = session;
    }

    /** The session that this one stands before. */
    protected final Session session() {
        return session;
    }

    @Override
    public final String key() {
        return session.key();
    }

    @Override
    public final String protocolVersion() {
        return session.protocolVersion();
    }

    @Override
    public Optional<Payload> handshake() {
        return session.handshake();
    }

    /** Delivers on that other session. */
    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return session.deliver(call.withSession(session));
    }
}
