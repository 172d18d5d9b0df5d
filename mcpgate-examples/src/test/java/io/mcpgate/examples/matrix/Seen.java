package io.mcpgate.examples.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a client reported, to look for the evidence of a feature in. */
record Seen(Report report) {
    private static final int WHY_CHARS_MAX = 80;

    /** The evidence is not there; it holds what the table says instead. */
    static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Cell cell;

        Missing(Cell cell) {
            super(cell.says());
            this.cell = cell;
        }

        Cell cell() {
            return cell;
        }
    }

    boolean connected() {
        return report.exitCode() == 0;
    }

    String connectionError() {
        return problem(report.json().path("error"));
    }

    void requireCapability(String name) {
        if (report.json().at("/server/capabilities").path(name).isMissingNode()) {
            throw new Missing(Cell.notOfferedBy("the server"));
        }
    }

    /** The value of a successful operation. */
    JsonNode value(int operation) {
        JsonNode result = report.result(operation);
        if (result.path("ok").asBoolean()) {
            return result.path("value");
        }
        throw new Missing(
                result.path("type").asText().equals("UnsupportedOperationException")
                        ? Cell.notOfferedBy("the client")
                        : Cell.fails(problem(result)));
    }

    /** An operation that was cancelled ends without a result; one that the client cannot cancel was never begun. */
    void requireCancelled(int operation) {
        JsonNode result = report.result(operation);
        if (result.path("ok").asBoolean()) {
            throw new Missing(Cell.fails("answered in spite of it"));
        }
        if (result.path("type").asText().equals("UnsupportedOperationException")) {
            throw new Missing(Cell.notOfferedBy("the client"));
        }
    }

    /** That the operation's value, as JSON, has this in it. */
    void requireText(int operation, String text) {
        String value = value(operation).toString();
        require(value.contains(text), "no " + text + " in the answer");
    }

    void requireNotification(String method, String text) {
        require(
                stream("notifications")
                        .anyMatch(each -> each.path("method").asText().equals(method)
                                && each.path("params").toString().contains(text)),
                "no " + method + " with " + text);
    }

    long countProgress(Predicate<JsonNode> which) {
        return stream("progress").filter(which).count();
    }

    static void require(boolean there, String otherwise) {
        if (!there) {
            throw new Missing(Cell.fails(otherwise));
        }
    }

    /** Whether one of a list's members has this name, or this name behind a server's. */
    boolean lists(int operation, String members, Collection<String> names) {
        return StreamSupport.stream(value(operation).path(members).spliterator(), false)
                .anyMatch(each -> names.contains(each.path("name").asText()));
    }

    private Stream<JsonNode> stream(String member) {
        return StreamSupport.stream(report.json().path(member).spliterator(), false);
    }

    private static String problem(JsonNode failed) {
        String code = failed.path("code").isNumber() ? failed.path("code").asText() + " " : "";
        String text = code + failed.path("message").asText().lines().findFirst().orElse("");
        return text.length() <= WHY_CHARS_MAX ? text : text.substring(0, WHY_CHARS_MAX) + "…";
    }
}
