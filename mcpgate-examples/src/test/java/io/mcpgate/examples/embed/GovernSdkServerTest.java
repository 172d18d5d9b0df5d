package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GovernSdkServerTest {
    private static final String ANNS_KEY = "mcpgate_anns";
    private static final String EVES_KEY = "mcpgate_eves";
    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
            "capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""";

    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final Crm crm = new Crm();
    private final GovernSdkServer governed = new GovernSdkServer(
            crm::on,
            Map.of(
                    ApiKeys.hash(ANNS_KEY), Principal.of("ann", "sales"),
                    ApiKeys.hash(EVES_KEY), Principal.of("eve", "sales")),
            new RolePolicyStore(List.of(Role.allowing(
                    "sales",
                    new Grant(
                            List.of("crm"),
                            List.of("find", "ask", "work", "whoami"),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of("elicitation/create"))))),
            audit);
    private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Container container;

    @BeforeEach
    void start() throws Exception {
        container = new Container(governed.servlet(), "/mcp/*");
    }

    @AfterEach
    void stop() throws Exception {
        container.close();
        governed.close();
    }

    private McpSyncClient client(HttpRequest.Builder request) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                container.uri("").toString())
                        .endpoint("/mcp/crm")
                        .requestBuilder(request)
                        .build())
                .elicitation(asked -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of()))
                .progressConsumer(progress::add)
                .build();
    }

    private HttpRequest.Builder raw(String key) {
        return HttpRequest.newBuilder(container.uri("/mcp/crm"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.BodyPublisher body(String json) {
        return HttpRequest.BodyPublishers.ofString(json);
    }

    @Test
    void servesAClientThatHasAKey() {
        try (McpSyncClient client = client(HttpRequest.newBuilder().header("Authorization", "Bearer " + ANNS_KEY))) {
            client.initialize();

            assertThat(client.listTools().tools())
                    .extracting(Tool::name)
                    .containsExactlyInAnyOrder("find", "ask", "work", "whoami");
            assertThat(textOf(client.callTool(call("find")))).isEqualTo("found x");
            assertThat(textOf(client.callTool(call("whoami")))).isEqualTo("ann");
            assertThat(textOf(client.callTool(call("ask")))).isEqualTo("the user says ACCEPT");
            assertThatThrownBy(() -> client.callTool(call("delete"))).isInstanceOf(McpError.class);
            client.callTool(CallToolRequest.builder("work")
                    .arguments(Map.of())
                    .progressToken("mine")
                    .build());
            await().until(() -> progress.size() == 3);
        }
        assertThat(crm.called).containsExactly("find", "whoami", "ask", "work");
    }

    @Test
    void tellsAClientWithoutAKeyWhatToShow() throws Exception {
        HttpResponse<String> answer = ask(HttpRequest.newBuilder(container.uri("/mcp/crm"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(body(INITIALIZE)));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
        try (McpSyncClient client = client(HttpRequest.newBuilder())) {
            assertThatThrownBy(client::initialize).hasStackTraceContaining("Authorization error");
        }
    }

    @Test
    void knowsWhoCallsFromTheFirstMessageToTheLast() throws Exception {
        HttpResponse<String> opened = ask(raw(ANNS_KEY).POST(body(INITIALIZE)));
        String session = opened.headers().firstValue("Mcp-Session-Id").orElseThrow();

        HttpResponse<String> notHers =
                ask(raw(EVES_KEY).header("Mcp-Session-Id", session).DELETE());
        HttpResponse<String> ended =
                ask(raw(ANNS_KEY).header("Mcp-Session-Id", session).DELETE());

        assertThat(notHers.statusCode())
                .as("to others there is no such session")
                .isEqualTo(404);
        assertThat(ended.statusCode()).isBetween(200, 204);
        assertThat(audit.events())
                .filteredOn(event -> event.kind() == AuditEvent.Kind.OUTCOME)
                .extracting(AuditEvent::principal, AuditEvent::outcome)
                .containsExactly(
                        tuple("ann", AuditEvent.Outcome.OK),
                        tuple("eve", AuditEvent.Outcome.REFUSED),
                        tuple("ann", AuditEvent.Outcome.OK));
    }

    @Test
    void servesAClientOfTheLatestRevisionAlthoughTheServerDoesNotKnowIt() throws Exception {
        HttpResponse<String> answer = ask(raw(ANNS_KEY)
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/call")
                .header("Mcp-Name", "find")
                .POST(body("""
                        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find","arguments":{"q":"x"},\
                        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
                        "io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"},\
                        "io.modelcontextprotocol/clientCapabilities":{}}}}""")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("found x", "\"resultType\":\"complete\"");
    }

    @Test
    void letsAClientTakeUpAStreamThatBroke() throws Exception {
        HttpResponse<String> opened = ask(raw(ANNS_KEY).POST(body(INITIALIZE)));
        String session = opened.headers().firstValue("Mcp-Session-Id").orElseThrow();
        ask(raw(ANNS_KEY)
                .header("Mcp-Session-Id", session)
                .POST(body("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")));
        String events = ask(raw(ANNS_KEY).header("Mcp-Session-Id", session).POST(body("""
                        {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"work","arguments":{},\
                        "_meta":{"progressToken":"mine"}}}""")))
                .body();
        String first = events.lines()
                .filter(line -> line.startsWith("id:"))
                .findFirst()
                .orElseThrow()
                .substring(3)
                .strip();

        String again = ask(raw(ANNS_KEY)
                        .header("Mcp-Session-Id", session)
                        .header("Last-Event-ID", first)
                        .GET())
                .body();

        assertThat(again).contains("\"id\":2", "done");
    }
}
