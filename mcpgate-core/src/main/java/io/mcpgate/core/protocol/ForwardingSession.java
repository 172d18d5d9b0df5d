package io.mcpgate.core.protocol;

import io.mcpgate.Payload;
import io.mcpgate.Session;
import java.util.Optional;

/** A client's session that is the same as another one but for what is delivered on it. */
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
    public final Optional<Payload> handshake() {
        return session.handshake();
    }
}
