package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a client saw directly and what it saw through the gate, without what belongs to the connection.
 *
 * @param direct without a gate
 * @param gated with one
 */
record Comparison(Report direct, Report gated) {
    /**
     * What there is to see at the fixture server. How the cancelled call has ended is asked until it says so: a bridge has
     * further sessions for a modern client, in which nothing was ever slow, as long as that call still has its own.
     */
    static final String OPERATIONS = """
            [{'op':'listTools'},
             {'op':'callTool','name':'echo','arguments':{'message':'Grüße \\u2603'}},
             {'op':'callTool','name':'add','arguments':{'a':2,'b':3}},
             {'op':'callTool','name':'fail'},
             {'op':'callTool','name':'slow','arguments':{'steps':3,'delayMs':20},'progress':true},
             {'op':'callTool','name':'slow','arguments':{'steps':100},'cancelOnProgress':1},
             {'op':'callTool','name':'lastSlow','until':'cancelled'},
             {'op':'callTool','name':'ask','arguments':{'question':'Who?'}},
             {'op':'callTool','name':'ask','arguments':{'kind':'sampling'}},
             {'op':'callTool','name':'ask','arguments':{'kind':'roots'}},
             {'op':'callTool','name':'nope'},
             {'op':'listPrompts'},
             {'op':'getPrompt','name':'greet','arguments':{'name':'Ada'}},
             {'op':'getPrompt','name':'nope'},
             {'op':'complete','ref':{'type':'ref/prompt','name':'greet'},'argument':{'name':'name','value':'A'}},
             {'op':'listResources'},
             {'op':'listTemplates'},
             {'op':'readResource','uri':'fixture://motd'},
             {'op':'readResource','uri':'fixture://items/two'},
             {'op':'readResource','uri':'fixture://nope'}]
            """;

    /** Runs both at the same time: neither may change what the other sees. */
    static Comparison of(Supplier<Report> direct, Supplier<Report> gated) {
        CompletableFuture<Report> other = CompletableFuture.supplyAsync(direct);
        Report saw = gated.get();
        return new Comparison(other.join(), saw);
    }

    void assertSame() {
        assertSame(result -> result);
    }

    /** The same, where {@code terms} takes away what differs for good reason. */
    void assertSame(UnaryOperator<JsonNode> terms) {
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
        report.json().path("results").forEach(result -> results.add(timeless(result)));
        return results;
    }

    /** Without how long it took, and how far a call had come that was cancelled. */
    private static JsonNode timeless(JsonNode result) {
        ObjectNode timeless = result.deepCopy();
        timeless.remove("millis");
        if (timeless.at("/value/content/0") instanceof ObjectNode said
                && said.path("text").asText().startsWith("{\"ended\":\"cancelled\"")) {
            said.put("text", said.path("text").asText().replaceFirst(",\"step\":\\d+", ""));
        }
        return timeless;
    }
}
