package io.mcpgate.examples.load;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that the gate is meant to reach, and what was found: nothing if it was not measured, several findings if it was
 * measured in several ways, all of which have to meet it.
 */
record Goal(String what, String target, List<Finding> findings) {

    /** What was measured, and whether it is good enough. */
    record Finding(String text, boolean meets) {}

    Goal {
        findings = List.copyOf(findings);
    }

    String verdict() {
        if (findings.isEmpty()) return "not measured";
        return findings.stream().allMatch(Finding::meets) ? "met" : "**not met**";
    }

    String line() {
        String found = findings.stream().map(Finding::text).collect(Collectors.joining("; "));
        return Tables.line(List.of(what, target, found.isEmpty() ? "–" : found, verdict()));
    }
}
