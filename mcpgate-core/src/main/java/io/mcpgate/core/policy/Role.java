package io.mcpgate.core.policy;

import java.util.List;

/**
 * What a role allows and denies. What nothing allows is denied, and a deny rule beats every allow rule, also those of
 * other roles.
 *
 * @param name the role's name, as principals carry it
 * @param allow allow rules
 * @param deny deny rules
 */
public record Role(String name, List<Grant> allow, List<Grant> deny) {
    public Role {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /** A role that only allows. */
    public static Role allowing(String name, Grant... grants) {
        return new Role(name, List.of(grants), List.of());
    }
}
