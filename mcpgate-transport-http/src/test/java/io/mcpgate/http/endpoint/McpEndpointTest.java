package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The endpoint on an engine that does what is hard to bring about on a real one. */
class McpEndpointTest {
    private static final Pattern EVENT_ID = Pattern.compile("id: (\\S+)\n");

    private final ScriptedUpstream upstream = new ScriptedUpstream("up1");
    private final Gateway gateway = Gateway.builder()
            .audit(new InMemoryAuditSink(100))
            .server(upstream)
            .authenticator(new ApiKeys(Map.of(), Principal.of("alice", "all")))
            .policies(new RolePolicyStore(List.of(Role.allowing("all", Grant.everything("up1")))))
            .build();
    private final McpEndpoint endpoint = McpEndpoint.over(gateway).build();

    @AfterEach
    void close() {
        endpoint.close();
        gateway.close();
    }

    private BareExchange handle(String method, Map<String, String> more, String body, CompletableFuture<Void> taken) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("Host", "localhost");
        BareExchange exchange = new BareExchange(method, headers, body, taken);
        endpoint.handle(exchange);
        return exchange;
    }

    private String session() {
        return session("2025-11-25");
    }

    private String session(String revision) {
        return handle(
                        "POST",
                        Map.of("Content-Type", "application/json"),
                        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                                + "\"protocolVersion\":\"" + revision + "\",\"capabilities\":{}}}",
                        null)
                .answered
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .get("Mcp-Session-Id");
    }

    private CompletableFuture<Reply> announce() {
        Call first = upstream.calls.get(0);
        return first.session()
                .deliver(ScriptedUpstream.unsolicited(first.session(), "notifications/tools/list_changed"))
                .toCompletableFuture();
    }

    @Test
    void closesAlsoWhereAnEngineCouldOpenNoStream() {
        handle("GET", Map.of("Mcp-Session-Id", session(), "Accept", "text/event-stream"), "", null);

        assertThat(endpoint.close()).succeedsWithin(Duration.ofSeconds(5));
    }

    private static String toolCall(int id, String tool) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":{}}}";
    }

    private BareExchange post(String session, String accept, String body) {
        Map<String, String> headers =
                Map.of("Content-Type", "application/json", "Accept", accept, "Mcp-Session-Id", session);
        return handle("POST", headers, body, CompletableFuture.completedFuture(null));
    }

    @Test
    void answersWithAnErrorWhereAReplyCannotBeWritten() {
        BareExchange exchange = post(session(), "application/json", toolCall(5, "unwritable"));

        assertThat(exchange.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
        assertThat(exchange.written)
                .startsWith("{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32603,")
                .doesNotContain("secret");
    }

    @Test
    void answersWithAnErrorAlsoOnAStreamThatHasBegun() {
        BareExchange exchange =
                post(session(), "application/json, text/event-stream", toolCall(5, "progressThenUnwritable"));

        await().untilAsserted(() -> assertThat(exchange.written)
                .contains("\"progress\":1")
                .contains("{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32603,")
                .doesNotContain("secret"));
    }

    @Test
    void answersTheOthersOfABatchOfWhichOneReplyCannotBeWritten() {
        BareExchange exchange = post(
                session("2025-03-26"),
                "application/json",
                "[" + toolCall(5, "unwritable") + "," + toolCall(6, "echo") + "]");

        assertThat(exchange.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
        assertThat(exchange.written)
                .contains("\"id\":5,\"error\":{\"code\":-32603,")
                .contains("\"id\":6,\"result\"")
                .doesNotContain("secret");
    }

    @Test
    void letsMessagesBeSentWhileOthersLearnThatTheirsWasTaken() {
        String session = session();
        Map<String, String> listening = Map.of("Mcp-Session-Id", session, "Accept", "text/event-stream");
        announce();
        BareExchange first = handle("GET", listening, "", new CompletableFuture<>());
        Matcher priming = EVENT_ID.matcher(first.written);
        assertThat(priming.find()).isTrue();
        CompletableFuture<Boolean> otherWasSent = announce().thenApply(taken -> {
            CompletableFuture<Void> other = CompletableFuture.runAsync(this::announce);
            return other.handle((sent, error) -> error == null)
                    .completeOnTimeout(false, 2, TimeUnit.SECONDS)
                    .join();
        });

        Map<String, String> resuming = new HashMap<>(listening);
        resuming.put("Last-Event-ID", priming.group(1));
        handle("GET", resuming, "", CompletableFuture.completedFuture(null));

        assertThat(otherWasSent).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
    }
}
