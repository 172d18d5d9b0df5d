package io.mcpgate.core.identity;

import io.mcpgate.Principal;
import io.mcpgate.Session;

/**
 * A session that belongs to a principal: the one that opened it. The id of a session is never a credential, so whoever
 * shows it must also show who they are.
 */
public interface OwnedSession extends Session {

    /**
     * Whether {@code principal} may use this session. The first to ask becomes the owner. A session that does not exist
     * is one that nobody owns.
     */
    boolean isOwnedBy(Principal principal);
}
