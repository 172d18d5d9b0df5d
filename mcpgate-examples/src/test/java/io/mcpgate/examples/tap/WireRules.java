package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What every message of the gate must be, beside valid by its schema. */
final class WireRules {
    private static final String SUBSCRIPTION = "/params/_meta/io.modelcontextprotocol~1subscriptionId";
    private static final Set<String> REQUEST = Set.of("jsonrpc", "id", "method", "params");
    private static final Set<String> RESULT = Set.of("jsonrpc", "id", "result");
    private static final Set<String> ERROR = Set.of("jsonrpc", "id", "error");
    private static final Set<String> ERROR_OBJECT = Set.of("code", "message", "data");
    private static final Set<String> LEGACY_ONLY =
            Set.of("initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe");

    private WireRules() {}

    /** Of one message, whoever gets it. */
    static List<String> problems(Spoken spoken) {
        Problems problems = new Problems();
        form(problems, spoken.message());
        if (spoken.isModern()) {
            modern(problems, spoken);
        } else {
            legacy(problems, spoken.message());
        }
        return problems.list();
    }

    private static void form(Problems problems, JsonNode message) {
        problems.unless(message.path("jsonrpc").asText().equals("2.0"), "not of JSON-RPC 2.0");
        JsonNode id = message.path("id");
        problems.unless(
                id.isMissingNode() || id.isTextual() || id.isIntegralNumber() || id.isNull() && message.has("error"),
                "an id that is none");
        if (message.has("method")) {
            problems.unless(message.path("method").isTextual(), "a method that is no text");
            problems.unless(
                    message.path("params").isMissingNode()
                            || message.path("params").isObject(),
                    "params");
            only(problems, message, REQUEST);
        } else if (message.has("error")) {
            JsonNode error = message.path("error");
            problems.unless(message.has("id"), "an error without id");
            problems.unless(error.path("code").isIntegralNumber(), "an error code that is no integer");
            problems.unless(error.path("message").isTextual(), "an error without a message");
            only(problems, error, ERROR_OBJECT);
            only(problems, message, ERROR);
        } else {
            problems.unless(message.has("id"), "a result without id");
            problems.unless(message.path("result").isObject(), "neither method, result nor error");
            only(problems, message, RESULT);
        }
    }

    private static void only(Problems problems, JsonNode object, Set<String> members) {
        object.fieldNames()
                .forEachRemaining(name -> problems.unless(members.contains(name), "a member beside others: " + name));
    }

    private static void modern(Problems problems, Spoken spoken) {
        JsonNode message = spoken.message();
        // To servers there are only answers to legacy requests, by which the modern era is found out.
        problems.unless(
                !spoken.isToClient()
                        || !message.has("result")
                        || message.path("result").has("resultType"),
                "a modern result without resultType");
        problems.unless(
                !message.has("method") || !LEGACY_ONLY.contains(spoken.method()), "a legacy method in the modern era");
        if (spoken.isToClient()) {
            problems.unless(!Spoken.isRequest(message), "a request to a modern client");
            boolean needsTag =
                    spoken.method().endsWith("list_changed") || spoken.method().endsWith("/updated");
            problems.unless(!needsTag || !message.at(SUBSCRIPTION).isMissingNode(), "a change without subscription");
        }
    }

    private static void legacy(Problems problems, JsonNode message) {
        problems.unless(!message.path("result").has("resultType"), "resultType in the legacy era");
        problems.unless(!message.path("result").has("inputRequests"), "input_required in the legacy era");
        problems.unless(!message.path("params").has("inputResponses"), "inputResponses in the legacy era");
        problems.unless(message.at(SUBSCRIPTION).isMissingNode(), "a subscription in the legacy era");
        problems.unless(Spoken.version(message).isEmpty(), "a modern description in the legacy era");
    }

    /** What was found so far. */
    static final class Problems {
        private final List<String> found = new ArrayList<>();

        void unless(boolean holds, String otherwise) {
            if (!holds) {
                found.add(otherwise);
            }
        }

        List<String> list() {
            return found;
        }
    }
}
