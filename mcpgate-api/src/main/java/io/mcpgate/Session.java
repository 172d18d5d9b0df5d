package io.mcpgate;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The client's end of a conversation, and the way back to it. On legacy revisions it lasts from {@code initialize} to
 * DELETE or expiry; on 2026-07-28 each request describes itself and has a session of its own.
 *
 * <p>Implemented by transport edges; safe for use by several threads.
 */
public interface Session {

    /**
     * Identifies this conversation inside the gateway: unguessable, unique, and not the id that is on the wire, so that
     * it may appear in audit records.
     */
    String key();

    /** The protocol revision that the client speaks, e.g. {@code 2025-11-25}. */
    String protocolVersion();

    /**
     * The params of the client's {@code initialize}, with which a lost upstream session is opened again.
     *
     * @return empty on 2026-07-28, and before a legacy client has initialized
     */
    Optional<Payload> handshake();

    /** Whether requests on this session describe themselves and need no handshake (2026-07-28 and later). */
    default boolean isModern() {
        return protocolVersion().compareTo("2026-07-28") >= 0;
    }

    /**
     * Carries a message of the server to the client: on the stream of its {@linkplain Call#parent() parent} if it has
     * one, otherwise on the session's general stream.
     *
     * @param call directed {@link Direction#TO_CLIENT}
     * @return the client's answer to a request; {@link Reply.Accepted} for a notification, when the transport has taken
     *     it, which is the back-pressure
     */
    CompletionStage<Reply> deliver(Call call);
}
