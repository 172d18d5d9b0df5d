package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What every message of the gate must be, beside valid by its schema. */
final class WireRules {
    private static final String SUBSCRIPTION = "/params/_meta/io.modelcontextprotocol~1subscriptionId";
    private static final Set<String> LEGACY_ONLY =
            Set.of("initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe");

    private WireRules() {}

    /** Of one message, whoever gets it. */
    static List<String> problems(Spoken spoken) {
        JsonNode message = spoken.message();
        List<String> problems = new ArrayList<>();
        if (spoken.isModern()) {
            check(problems, !message.has("result") || isWithResultType(spoken), "a modern result without resultType");
            check(
                    problems,
                    !message.has("method") || !LEGACY_ONLY.contains(spoken.method()),
                    "a legacy method in the modern era");
            if (spoken.where().equals("to client")) {
                check(problems, !message.has("method") || !message.has("id"), "a request to a modern client");
                boolean needsTag = spoken.method().endsWith("list_changed")
                        || spoken.method().endsWith("/updated");
                check(
                        problems,
                        !needsTag || !message.at(SUBSCRIPTION).isMissingNode(),
                        "a change without subscription");
            }
        } else {
            check(problems, !message.at("/result").has("resultType"), "resultType in the legacy era");
            check(problems, !message.at("/result").has("inputRequests"), "input_required in the legacy era");
            check(problems, !message.path("params").has("inputResponses"), "inputResponses in the legacy era");
            check(problems, message.at(SUBSCRIPTION).isMissingNode(), "a subscription in the legacy era");
            check(problems, Spoken.version(message).isEmpty(), "a modern description in the legacy era");
        }
        return problems;
    }

    /** What the gate says to a client without a request in between, it says with the request's id. */
    static List<String> problems(HttpBytes.Exchange exchange, String revision) {
        List<String> problems = new ArrayList<>();
        boolean modern = revision.equals(WireClient.MODERN);
        Set<JsonNode> open = new HashSet<>();
        exchange.asked().stream()
                .filter(message -> message.has("method") && message.hasNonNull("id"))
                .forEach(message -> open.add(message.get("id")));
        Set<String> eventIds = new HashSet<>();
        for (HttpBytes.Event event : exchange.answered()) {
            JsonNode message = event.message();
            check(problems, event.id().isEmpty() || !modern, "an event id in the modern era");
            check(problems, event.id().isEmpty() || eventIds.add(event.id()), "an event id that was there before");
            if (exchange.verb().equals("POST") && !message.has("method")) {
                boolean unreadable = open.isEmpty()
                        && eventIds.isEmpty()
                        && exchange.status() >= 400
                        && message.has("error")
                        && message.path("id").isNull();
                check(
                        problems,
                        unreadable || open.remove(message.path("id")),
                        "a response to another id, or a second one");
            }
        }
        check(
                problems,
                !modern || !exchange.answerHeaders().containsKey("Mcp-Session-Id"),
                "a session id in the modern era");
        return problems;
    }

    /** To a server: no id is used twice in one session. */
    static List<String> reusedIds(List<HttpBytes.Exchange> exchanges) {
        List<String> problems = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (HttpBytes.Exchange exchange : exchanges) {
            for (JsonNode message : exchange.asked()) {
                boolean request = message.has("method") && message.has("id");
                if (request && !exchange.session().isEmpty()) {
                    check(problems, used.add(exchange.session() + message.get("id")), "an id used twice: " + message);
                }
            }
        }
        return problems;
    }

    private static boolean isWithResultType(Spoken spoken) {
        boolean answersTheServer = !spoken.where().equals("to client"); // of a legacy request; there are no others
        return answersTheServer || spoken.message().path("result").has("resultType");
    }

    private static void check(List<String> problems, boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }
}
