package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a client saw directly and what it saw through the gate, without what belongs to the connection. */
final class Comparison {
    private Comparison() {}

    static void assertSame(Report gated, Report direct) {
        assertSame(gated, direct, result -> result);
    }

    /** The same, where {@code terms} takes away what differs for good reason. */
    static void assertSame(Report gated, Report direct, UnaryOperator<JsonNode> terms) {
        assertThat(gated.exitCode()).as(gated.stderr()).isZero();
        List<JsonNode> expected = results(direct);
        List<JsonNode> actual = results(gated);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(terms.apply(actual.get(i))).as("operation " + i).isEqualTo(terms.apply(expected.get(i)));
        }
        assertThat(requests(gated)).isEqualTo(requests(direct));
        assertThat(gated.json().at("/progress")).isEqualTo(direct.json().at("/progress"));
        assertThat(server(gated)).isEqualTo(server(direct));
    }

    private static JsonNode server(Report report) {
        return ((ObjectNode) report.json().path("server").deepCopy()).without(List.of("sessionId", "pid"));
    }

    /** What the server asked of the client. Whether it wants to be told the progress depends on era and gate. */
    private static List<JsonNode> requests(Report report) {
        List<JsonNode> requests = new ArrayList<>();
        report.json().path("requests").forEach(request -> {
            ObjectNode asked = request.deepCopy();
            if (asked.at("/params/_meta") instanceof ObjectNode meta) {
                meta.remove("progressToken");
                if (meta.isEmpty()) {
                    ((ObjectNode) asked.path("params")).remove("_meta");
                }
            }
            if (asked.path("params").isEmpty()) {
                asked.remove("params");
            }
            requests.add(asked);
        });
        return requests;
    }

    private static List<JsonNode> results(Report report) {
        List<JsonNode> results = new ArrayList<>();
        report.json().path("results").forEach(result -> results.add(((ObjectNode) result).without("millis")));
        return results;
    }
}
