package io.mcpgate.examples.conformance;

import io.mcpgate.examples.conformance.Findings.Check;
import java.util.List;

/**
 * Something that is passed directly and not through the gate.
 *
 * @param checks by id; none means all of the scenario, or some of them
 * @param why in one sentence
 */
record Gap(Pair pair, String scenario, List<String> checks, Kind kind, String why) {
    Gap {
        checks = List.copyOf(checks);
    }

    enum Kind {
        /** The gate does it wrong. */
        DEFECT,
        /** The specification leaves it open, and the gate does it another way than the server. */
        OPTIONAL,
        /** One era has it, and the other has nothing to make it from. */
        UNBRIDGEABLE
    }

    boolean covers(Pair pair, Check found) {
        return this.pair == pair
                && scenario.equals(found.scenario())
                && (checks.isEmpty() || checks.contains(found.id()));
    }

    /** Whether all of it is still so. */
    boolean open(Run run) {
        List<Check> lost = run.lost().keySet().stream()
                .filter(check -> covers(run.pair(), check))
                .toList();
        return !lost.isEmpty()
                && checks.stream().allMatch(id -> lost.stream().anyMatch(check -> id.equals(check.id())));
    }
}
