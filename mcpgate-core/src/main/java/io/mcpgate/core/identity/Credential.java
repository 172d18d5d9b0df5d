package io.mcpgate.core.identity;

import io.mcpgate.AttributeKey;
import io.mcpgate.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client showed to prove who it is. It stays inside the gate: no upstream, log or record ever sees it, and its
 * {@code toString} does not show it.
 */
public sealed interface Credential {
    /** Under this key a transport edge attaches the credential to a call. */
    AttributeKey<Credential> KEY = AttributeKey.of("credential", Credential.class);

    /** The secret that a client has shown, or {@link None} where there is none. */
    static Credential of(@Nullable String secret) {
        return secret == null ? new None() : new Secret(secret);
    }

    /** The client showed nothing. */
    record None() implements Credential {}

    /** The client showed more than one, or one that is no credential at all: never guess which one counts. */
    record Ambiguous(String problem) implements Credential {
        public Ambiguous {
            Objects.requireNonNull(problem, "problem");
        }
    }

    /** A secret, from {@code Authorization: Bearer} (RFC 6750 §2.1) or {@code X-API-Key}. */
    record Secret(String value) implements Credential {
        public Secret {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public String toString() {
            return "Secret[…]";
        }
    }

    /**
     * The transport itself vouches for the caller, e.g. the operating system's user of a stdio pipe; the host has
     * configured which principal that is.
     */
    record Vouched(Principal principal) implements Credential {
        public Vouched {
            Objects.requireNonNull(principal, "principal");
        }
    }
}
