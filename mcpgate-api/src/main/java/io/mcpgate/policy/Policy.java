package io.mcpgate.policy;

import java.util.List;

/**
 * What one principal may do. Pure and synchronous: the same question has the same answer for the life of the object,
 * and no I/O happens. Safe for use by many threads.
 */
@FunctionalInterface
public interface Policy {

    /**
     * Decides one access. An exception counts as denied.
     *
     * @return never {@code null}
     */
    Decision decide(Access access);

    /**
     * Decides many accesses, e.g. all entries of a list. Override it if that can be done faster than one by one; the
     * answers must be the same.
     *
     * @return one decision for each access, in order
     */
    default List<Decision> decideAll(List<Access> accesses) {
        return accesses.stream().map(this::decide).toList();
    }

    /** The policy of somebody whom no rule mentions. */
    static Policy denyAll(String reason) {
        Decision denied = Decision.deny(reason);
        return access -> denied;
    }
}
