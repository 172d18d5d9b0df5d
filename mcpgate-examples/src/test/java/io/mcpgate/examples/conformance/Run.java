package io.mcpgate.examples.conformance;

import io.mcpgate.examples.conformance.Findings.Check;
import io.mcpgate.examples.conformance.Findings.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The same scenarios without a gate and with one.
 *
 * @param direct without
 * @param gated with
 */
record Run(Pair pair, Findings direct, Findings gated) {
    /** What is passed directly and not through the gate; with what the gate made of it. */
    Map<Check, Outcome> lost() {
        Set<Check> checks = new TreeSet<>(direct.passed());
        checks.removeAll(gated.passed());
        Map<Check, Outcome> lost = new TreeMap<>();
        checks.forEach(check -> lost.put(check, gated.of(check)));
        return lost;
    }

    /** The same, without what is covered by a gap. */
    Map<Check, Outcome> lostBeside(List<Gap> gaps) {
        Map<Check, Outcome> lost = lost();
        lost.keySet().removeIf(check -> gaps.stream().anyMatch(gap -> gap.covers(pair, check)));
        return lost;
    }

    /** The gaps that are none any more. */
    List<Gap> closed(List<Gap> gaps) {
        return gaps.stream()
                .filter(gap -> gap.pair() == pair && !gap.open(this))
                .toList();
    }

    @Override
    public String toString() {
        return pair.title();
    }
}
