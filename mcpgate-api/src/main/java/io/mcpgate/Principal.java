package io.mcpgate;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Who calls: the identity that policies, limits, sessions and audit refer to.
 *
 * @param id unique among the principals of one gateway; it appears in audit records, so it must not be a secret
 * @param roles names that the policy store understands
 * @param attributes further facts from the credential, for the host's own interceptors and policies; no secrets
 */
public record Principal(String id, Set<String> roles, Map<String, String> attributes) {

    /** Nobody yet: the value before the credential was looked at. It has no roles, so no default policy allows it. */
    public static final Principal UNIDENTIFIED = new Principal("", Set.of(), Map.of());

    public Principal {
        Objects.requireNonNull(id, "id");
        roles = Set.copyOf(roles);
        attributes = Map.copyOf(attributes);
    }

    /**
     * A principal without attributes.
     *
     * @throws IllegalArgumentException if {@code id} is blank
     */
    public static Principal of(String id, String... roles) {
        if (id.isBlank()) {
            throw new IllegalArgumentException("A principal needs an id that is not blank");
        }
        return new Principal(id, Set.of(roles), Map.of());
    }

    /** Whether a credential (or an explicit anonymous rule) stands behind this principal. */
    public boolean isIdentified() {
        return !id.isEmpty();
    }

    /** The id and the roles; attributes may be personal and stay out of logs. */
    @Override
    public String toString() {
        return "Principal[" + id + " " + roles + "]";
    }
}
