package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Reply;
import io.mcpgate.core.catalog.Survey.Answer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake with the catalog, in either era: each server is asked the same, under its own rules, and what they offer is
 * answered as one. Nothing is kept. A server that does not answer in time is missing in the answer, but not in the
 * session: its connection is made when it is called.
 */
record Introduction(CatalogProfile profile, Addressing addressing, Survey survey) {
    private static final Logger LOG = LoggerFactory.getLogger(Introduction.class);

    CompletionStage<Reply> introduce(Call call, List<String> visible, Chain chain) {
        List<Call> handshakes =
                visible.stream().map(server -> addressing.branch(call, server)).toList();
        return survey.ask(handshakes, chain).thenApply(answers -> introduced(call, answers));
    }

    private Reply introduced(Call call, List<Answer> answers) {
        Offer offer = Offer.of(answers);
        if (offer.unavailable().size() == answers.size()) {
            return nobody(answers);
        }
        if (!offer.unavailable().isEmpty()) {
            LOG.warn("The catalog introduces itself without {}", offer.unavailable());
        }
        return Reply.complete(
                call.method().equals("initialize")
                        ? profile.initializeResult(call, offer)
                        : profile.discoverResult(offer));
    }

    /** A catalog of nothing would look like one that has nothing for ever; so the client is told to come again. */
    private static Reply nobody(List<Answer> answers) {
        return answers.stream()
                .map(Answer::reply)
                .filter(reply -> reply instanceof Reply.Failure failure && failure.kind() == null)
                .findFirst()
                .orElseGet(() -> Reply.failure(ErrorCode.UNAVAILABLE, "None of the catalog's servers can be reached"));
    }
}
