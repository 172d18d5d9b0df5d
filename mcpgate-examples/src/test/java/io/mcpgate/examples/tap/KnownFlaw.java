package io.mcpgate.examples.tap;

import java.util.List;
import java.util.function.BiPredicate;

/**
 * What is wrong on the wire and not by the gate's doing: others said it, and the gate passes on what it does not have to judge.
 *
 * @param reason why it stays
 * @param is whether a problem with a message is this one
 */
record KnownFlaw(String reason, BiPredicate<Spoken, String> is) {
    private static final List<KnownFlaw> ALL = List.of(
            new KnownFlaw(
                    "The text of the specification lets a form be filled with any number, its schema only with whole ones.",
                    (spoken, problem) ->
                            problem.startsWith("ElicitResult /content/") && problem.contains("number found")),
            new KnownFlaw(
                    "A server of the conformance suite leaves resultType out, to see what its client makes of it.",
                    (spoken, problem) -> problem.contains("resultType")
                            && spoken.message()
                                    .at("/result/content/0/text")
                                    .asText()
                                    .equals("no-result-type-test-ok")),
            new KnownFlaw(
                    "A client of the conformance suite answers with what is no response, to see that its server refuses it.",
                    (spoken, problem) -> problem.startsWith("CallToolRequest /params/inputResponses")
                            && spoken.message()
                                    .at("/params/name")
                                    .asText()
                                    .equals("test_input_required_result_elicitation")));

    static boolean covers(Spoken spoken, String problem) {
        return ALL.stream().anyMatch(flaw -> flaw.is.test(spoken, problem));
    }
}
