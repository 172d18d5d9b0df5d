package io.mcpgate.core.route;

import io.mcpgate.Session;

/** A session that wants to know when its connection to a server is opened again. */
public interface ReconnectingSession extends Session {

    /**
     * The connection was lost or given up, and there is a new one, on which the handshake will now be made again. Called
     * before every such handshake, also if it fails; must not block.
     */
    void reconnecting();
}
