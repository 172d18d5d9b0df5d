package io.mcpgate.core.identity;

import io.mcpgate.Principal;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Finds out who stands behind a credential. Must not block; safe for use by many threads. An empty stage means
 * that the caller is not who it should be; a failed one, none or a throw mean the same, and the audit record says so.
 */
@FunctionalInterface
public interface Authenticator {

    /** The principal behind a credential; empty if it is not valid. */
    CompletionStage<Optional<Principal>> authenticate(Credential credential);
}
