package io.mcpgate.examples.conformance;

import io.mcpgate.examples.conformance.Gap.Kind;
import java.util.List;
import java.util.stream.Stream;

/** What is known to be lost on the way through the gate. Each has to be found: what is cured has to leave its list. */
final class KnownGaps {
    /** Between peers of the same era, where nothing needs to be lost. */
    private static final List<Gap> KNOWN_GAPS = List.of(
            new Gap(
                    Pair.LEGACY_TO_LEGACY,
                    "server-sse-multiple-streams",
                    List.of("server-sse-streams-functional"),
                    Kind.OPTIONAL,
                    "Where nothing comes before the answer, the gate gives it as one JSON object; the server always streams."),
            // Cured together with sse-retry below. If the gate then still answers with one JSON object, this turns
            // OPTIONAL: its own
            // clients have no stream to lose.
            new Gap(
                    Pair.LEGACY_TO_LEGACY,
                    "server-sse-polling",
                    List.of("server-sse-priming-event", "server-sse-retry-field", "server-sse-disconnect-resume"),
                    Kind.DEFECT,
                    "When the server closes its stream before the answer, the gate does not fetch it with Last-Event-ID: it answers"
                            + " with error 503, as one JSON object."),
            new Gap(
                    Pair.CLIENT_OF_LEGACY,
                    "sse-retry",
                    List.of("client-sse-retry-timing", "client-sse-last-event-id"),
                    Kind.DEFECT,
                    "The same, seen by the server: nobody comes back with Last-Event-ID after the time it asked for."));

    /**
     * Between peers of different eras, where it cannot be otherwise: the tasks of 2026-07-28 are an extension with methods and
     * results of its own, the server has none in its legacy era, and the gate makes no task of a call that just takes long.
     */
    private static final List<Gap> UNBRIDGEABLE = Stream.of(
                    "tasks-capability-negotiation",
                    "tasks-dispatch-and-envelope",
                    "tasks-lifecycle",
                    "tasks-mrtr-composition",
                    "tasks-mrtr-input",
                    "tasks-request-headers",
                    "tasks-request-state-removal",
                    "tasks-required-task-error",
                    "tasks-wire-fields")
            .map(scenario -> new Gap(
                    Pair.MODERN_TO_LEGACY,
                    scenario,
                    List.of(),
                    Kind.UNBRIDGEABLE,
                    "A legacy server has no tasks of the extension's kind."))
            .toList();

    private KnownGaps() {}

    /** Of these pairs. */
    static List<Gap> of(List<Run> runs) {
        List<Pair> pairs = runs.stream().map(Run::pair).toList();
        return Stream.concat(KNOWN_GAPS.stream(), UNBRIDGEABLE.stream())
                .filter(gap -> pairs.contains(gap.pair()))
                .toList();
    }
}
