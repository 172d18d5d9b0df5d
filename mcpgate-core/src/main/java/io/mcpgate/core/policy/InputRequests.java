package io.mcpgate.core.policy;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.policy.Decision;
import java.util.Map;
import java.util.Optional;

/**
 * What a server asks of a client inside a body (2026-07-28: in {@code inputRequests} of a result or of a task), decided as
 * the requests that earlier revisions send for it. One that is refused refuses the body: without it the server cannot go
 * on, and an answer made up here would be a lie.
 */
final class InputRequests {
    private InputRequests() {}

    /**
     * Why a body may not be passed on, for the audit record; empty if it may.
     *
     * @param body a result, or the params of a notification
     */
    static Optional<String> refuse(Payload body, Rights rights) {
        Object asked = body.members().get("inputRequests");
        if (asked == null) {
            return Optional.empty();
        }
        Map<String, Reply.Request> requests = new Reply.InputRequired(body).requests();
        if (!(asked instanceof Map<?, ?> entries) || entries.size() != requests.size()) {
            return Optional.of("inputRequests holds something that is no request");
        }
        for (Reply.Request request : requests.values()) {
            Decision decision = rights.decide(request);
            if (!decision.allowed()) {
                return Optional.of(request.method() + " in inputRequests: " + decision.reason());
            }
        }
        return Optional.empty();
    }
}
