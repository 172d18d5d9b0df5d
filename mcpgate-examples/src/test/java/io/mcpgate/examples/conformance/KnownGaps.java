package io.mcpgate.examples.conformance;

import io.mcpgate.examples.conformance.Gap.Kind;
import java.util.List;
import java.util.stream.Stream;

/** What is known to be lost on the way through the gate. Each has to be found: what is cured has to leave its list. */
final class KnownGaps {
    private static final List<String> POLLING =
            List.of("server-sse-priming-event", "server-sse-retry-field", "server-sse-disconnect-resume");

    /** What the specification leaves open, or what is wrong. */
    private static final List<Gap> KNOWN_GAPS = List.of(
            new Gap(
                    Pair.LEGACY_TO_LEGACY,
                    "server-sse-multiple-streams",
                    List.of("server-sse-streams-functional"),
                    Kind.OPTIONAL,
                    "Where nothing comes before the answer, the gate gives it as one JSON object; the server always streams."),
            new Gap(
                    Pair.LEGACY_TO_LEGACY,
                    "server-sse-polling",
                    POLLING,
                    Kind.OPTIONAL,
                    "The gate itself goes on with the stream that the server closed, and answers with one JSON object: its"
                            + " client has no stream to lose."),
            new Gap(
                    Pair.LEGACY_TO_MODERN,
                    "server-sse-multiple-streams",
                    List.of("server-sse-streams-functional"),
                    Kind.OPTIONAL,
                    "Where nothing comes before the answer, the gate gives it as one JSON object; the server always streams."),
            new Gap(
                    Pair.LEGACY_TO_MODERN,
                    "server-sse-polling",
                    POLLING,
                    Kind.OPTIONAL,
                    "A server of 2026-07-28 never closes a stream before the answer, so there is nothing to poll for."),
            new Gap(
                    Pair.SDK_SERVER_WRAPPED,
                    "server-sse-multiple-streams",
                    List.of("server-sse-streams-functional"),
                    Kind.OPTIONAL,
                    "Where nothing comes before the answer, the gate gives it as one JSON object; the SDK always streams."));

    /**
     * Between peers of different eras, where it cannot be otherwise: the tasks of 2026-07-28 are an extension with methods and
     * results of its own, the server has none in its legacy era, and the gate makes no task of a call that just takes long.
     */
    private static final List<Gap> UNBRIDGEABLE =
            Stream.concat(tasks(), inputs()).toList();

    private static Stream<Gap> inputs() {
        String keys =
                "A legacy server asks by requests, which have no keys: the gate makes them up, where the scenario expects the server's.";
        return Stream.of(
                new Gap(
                        Pair.MODERN_TO_LEGACY,
                        "input-required-result-basic-elicitation",
                        List.of("sep-2322-elicitation-incomplete", "sep-2322-elicitation-complete"),
                        Kind.UNBRIDGEABLE,
                        keys),
                new Gap(
                        Pair.MODERN_TO_LEGACY,
                        "input-required-result-ignore-extra-params",
                        List.of("sep-2322-ignore-unexpected-params"),
                        Kind.UNBRIDGEABLE,
                        keys),
                new Gap(
                        Pair.MODERN_TO_LEGACY,
                        "input-required-result-multiple-input-requests",
                        List.of("sep-2322-multiple-inputs-incomplete", "sep-2322-multiple-inputs-complete"),
                        Kind.UNBRIDGEABLE,
                        "The server's legacy era asks one thing after the other, so the client is asked in several rounds."),
                new Gap(
                        Pair.MODERN_TO_LEGACY,
                        "server-stateless",
                        List.of(
                                "sep-2575-server-rejects-undeclared-capability",
                                "sep-2575-missing-capability-http-400"),
                        Kind.UNBRIDGEABLE,
                        "Legacy revisions have no error for a missing capability: a tool does without, or says so in its result."));
    }

    private static Stream<Gap> tasks() {
        return Stream.of(
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
                        "A legacy server has no tasks of the extension's kind."));
    }

    private KnownGaps() {}

    /** Of these pairs. */
    static List<Gap> of(List<Run> runs) {
        List<Pair> pairs = runs.stream().map(Run::pair).toList();
        return Stream.concat(KNOWN_GAPS.stream(), UNBRIDGEABLE.stream())
                .filter(gap -> pairs.contains(gap.pair()))
                .toList();
    }
}
