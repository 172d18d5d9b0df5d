package io.mcpgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnStackTest {
    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final Gateway gateway = Gateway.builder()
            .wrapped("own")
            .audit(audit)
            .authenticator(new ApiKeys(Map.of(), null))
            .policies(new RolePolicyStore(List.of(Role.allowing(
                    "sales",
                    new Grant(
                            List.of("own"),
                            List.of("find"),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of("elicitation/create"))))))
            .build();
    private final InMemoryWire clientsEnd = new InMemoryWire();
    private final OwnServer server = new OwnServer(clientsEnd.otherEnd());
    private final OwnStack governed = new OwnStack(gateway, "own", Principal.of("ann", "sales"), clientsEnd);
    private final List<JsonNode> received = new ArrayList<>();

    OwnStackTest() {
        governed.onMessage(message -> received.add(json(message)));
        governed.send("""
                {"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25",
                 "capabilities":{"elicitation":{}},"clientInfo":{"name":"own","version":"1"}}}""");
        governed.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }

    @AfterEach
    void close() {
        governed.close();
        gateway.close();
    }

    /** Two ends of a conversation; what one sends the other takes at once. */
    private static final class InMemoryWire implements Wire {
        private final InMemoryWire other;
        private Consumer<String> handler = message -> {};

        InMemoryWire() {
            this.other = new InMemoryWire(this);
        }

        private InMemoryWire(InMemoryWire other) {
            this.other = other;
        }

        Wire otherEnd() {
            return other;
        }

        @Override
        public void send(String message) {
            other.handler.accept(message);
        }

        @Override
        public void onMessage(Consumer<String> taker) {
            handler = taker;
        }
    }

    /** A server of that stack: its tool tells how far it is, asks the user, and is done. */
    private static final class OwnServer {
        private final Wire wire;
        private final List<String> asked = new ArrayList<>();
        private JsonNode call;

        OwnServer(Wire wire) {
            this.wire = wire;
            wire.onMessage(message -> {
                asked.add(message);
                take(json(message));
            });
        }

        private void take(JsonNode message) {
            switch (message.path("method").asText("(an answer)")) {
                case "initialize" ->
                    answer(
                            message,
                            "{'protocolVersion':'2025-11-25','capabilities':{'tools':{}},"
                                    + "'serverInfo':{'name':'own','version':'1'}}");
                case "tools/list" ->
                    answer(
                            message,
                            "{'tools':[{'name':'find','inputSchema':{'type':'object'}},"
                                    + "{'name':'delete','inputSchema':{'type':'object'}}]}");
                case "tools/call" -> called(message);
                case "(an answer)" ->
                    answer(
                            call,
                            "{'content':[{'type':'text','text':'"
                                    + message.at("/result/action").asText() + "'}]}");
                default -> {}
            }
        }

        private void called(JsonNode request) {
            call = request;
            say("{'jsonrpc':'2.0','method':'notifications/progress','params':{'progressToken':"
                    + request.at("/params/_meta/progressToken") + ",'progress':1}}");
            say("{'jsonrpc':'2.0','id':1,'method':'elicitation/create','params':{'message':'Sure?',"
                    + "'requestedSchema':{'type':'object','properties':{}}}}");
        }

        private void answer(JsonNode request, String result) {
            say("{'jsonrpc':'2.0','id':" + request.path("id") + ",'result':" + result + "}");
        }

        private void say(String message) {
            wire.send(message.replace('\'', '"'));
        }
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException noJson) {
            throw new AssertionError(noJson);
        }
    }

    private JsonNode last() {
        return received.get(received.size() - 1);
    }

    @Test
    void showsTheClientWhatItMayUse() {
        governed.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");

        assertThat(last().at("/result/tools").findValuesAsText("name")).containsExactly("find");
    }

    @Test
    void bringsProgressAndQuestionsToTheClientAndItsAnswerToTheServer() {
        governed.send("""
                {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"find","_meta":{"progressToken":"mine"}}}""");
        JsonNode question = last();
        governed.send("{\"jsonrpc\":\"2.0\",\"id\":" + question.path("id") + ",\"result\":{\"action\":\"accept\"}}");

        assertThat(received)
                .filteredOn(message -> message.path("method").asText().equals("notifications/progress"))
                .extracting(message -> message.at("/params/progressToken").asText())
                .containsExactly("mine");
        assertThat(question.path("method").asText()).isEqualTo("elicitation/create");
        assertThat(last().path("id").asInt()).isEqualTo(3);
        assertThat(last().at("/result/content/0/text").asText()).isEqualTo("accept");
    }

    @Test
    void answersARefusedCallWithoutTheServer() {
        governed.send("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":{\"name\":\"delete\"}}");

        assertThat(last().path("id").asInt()).isEqualTo(4);
        assertThat(last().has("error")).isTrue();
        assertThat(server.asked).noneMatch(message -> message.contains("\"delete\""));
    }

    @Test
    void tellsTheClientWhatIsWrongWithAMessageAndTheRecordToo() {
        governed.send("{\"jsonrpc\":\"2.0\",\"id\":5,\"id\":6,\"method\":\"tools/list\"}");

        assertThat(last().at("/error/code").asInt()).isEqualTo(-32700);
        assertThat(audit.events())
                .last()
                .extracting(AuditEvent::method, AuditEvent::reason)
                .containsExactly("mcpgate/refused", last().at("/error/message").asText());
    }

    @Test
    void answersACallThatTheWireDoesNotTake() {
        Wire broken = new Wire() {
            @Override
            public void send(String message) {
                throw new IllegalStateException("the wire is cut");
            }

            @Override
            public void onMessage(Consumer<String> handler) {}
        };
        try (OwnStack cut = new OwnStack(gateway, "own", Principal.of("ann", "sales"), broken)) {
            cut.onMessage(message -> received.add(json(message)));
            cut.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"find\"}}");
        }

        assertThat(last().path("id").asInt()).isEqualTo(7);
        assertThat(last().at("/error/message").asText()).isNotEmpty().doesNotContain("the wire is cut");
    }
}
