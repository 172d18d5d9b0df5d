package io.mcpgate.examples.tap;

import java.util.List;
import java.util.function.BiPredicate;

/**
 * What is wrong on the wire and not by the gate's doing.
 *
 * @param reason why it stays
 * @param is whether a problem with a message is this one
 */
record KnownFlaw(String reason, BiPredicate<Spoken, String> is) {
    static final List<KnownFlaw> ALL = List.of();

    static boolean covers(Spoken spoken, String problem) {
        return ALL.stream().anyMatch(flaw -> flaw.is.test(spoken, problem));
    }
}
