package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Session;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.ListKind;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;

/** How to reach a client of the {@link Audience}. Neither the body nor the attributes of a handshake are kept for it. */
sealed interface ClientEnd {

    /**
     * The notification that a list has changed.
     *
     * @param server whose list it is
     * @return empty if the client has gone
     */
    Optional<Call> news(ListKind kind, Principal principal, String server, JsonReader reader);

    /**
     * The end of a session.
     *
     * @param dropped takes this end when it is an edge's and the edge has let go of the session
     */
    static ClientEnd of(Session session, ReferenceQueue<Session> dropped) {
        return session instanceof OwnedSession ? new OfEdge(session, dropped) : new Held(session);
    }

    private static Call unsolicited(ListKind kind, Session session, Principal principal, String server) {
        return Call.unsolicited(null, kind.notification(), Payload.empty(), session, principal, server);
    }

    /** A {@code subscriptions/listen}, which is told under its id. It leaves when it has ended. */
    record Listen(Call call) implements ClientEnd {
        @Override
        public Optional<Call> news(ListKind kind, Principal principal, String server, JsonReader reader) {
            Payload tagged = Correlation.subscribed(
                    reader.raw(Payload.of(Map.of())), call.id().orElseThrow());
            return Optional.of(call.withPrincipal(principal)
                    .notificationToClient(kind.notification(), tagged)
                    .withServer(server));
        }
    }

    /**
     * The session of an edge, which holds it for as long as its client may come back. Nothing of the gateway may hold it
     * longer: a transport of somebody else's stack may drop its client, and the edge with it, without saying that it has ended.
     */
    final class OfEdge extends WeakReference<Session> implements ClientEnd {
        private final String key;

        private OfEdge(Session session, ReferenceQueue<Session> dropped) {
            super(session, dropped);
            this.key = session.key();
        }

        /** The session's key, which outlives it. */
        String key() {
            return key;
        }

        @Override
        public Optional<Call> news(ListKind kind, Principal principal, String server, JsonReader reader) {
            return Optional.ofNullable(get()).map(session -> unsolicited(kind, session, principal, server));
        }
    }

    /** Any other session: a step may have made it for one call, and then nobody else holds it. */
    record Held(Session session) implements ClientEnd {
        @Override
        public Optional<Call> news(ListKind kind, Principal principal, String server, JsonReader reader) {
            return Optional.of(unsolicited(kind, session, principal, server));
        }
    }
}
