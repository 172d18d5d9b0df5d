package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An endpoint in front of scripted servers, served by some engine, and what a client sends to it on a bare socket. */
@Timeout(60)
abstract class EndpointFixture implements Served {
    static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}";
    static final EndpointLimits LIMITS = EndpointLimits.DEFAULT
            .withSessions(3, 8, Duration.ofMinutes(30))
            .withStreams(Duration.ofMillis(100), Duration.ofMillis(900));

    final ScriptedUpstream up1 = new ScriptedUpstream("up1");
    final ScriptedUpstream up2 = new ScriptedUpstream("up2");
    final InMemoryAuditSink audit = new InMemoryAuditSink(10_000);
    private final List<RawHttp> connections = new ArrayList<>();
    Gateway gateway;
    McpEndpoint endpoint;
    Engine engine;
    Duration bodyTimeout = Duration.ofSeconds(20); // counts from the next start

    /** How the gateway is set up further: a refusal shows as one, so that a test can tell it from other failures. */
    GatewayBuilder settled(GatewayBuilder builder) {
        return builder.revealRefusals();
    }

    @BeforeEach
    void start() throws Exception {
        start(LIMITS, Set.of(), Set.of());
    }

    void start(EndpointLimits limits, Set<String> hosts, Set<String> origins) throws Exception {
        Map<String, Principal> keys = Map.of(
                ApiKeys.hash("alice"), Principal.of("alice", "all"),
                ApiKeys.hash("bob"), Principal.of("bob", "all"),
                ApiKeys.hash("dora"), Principal.of("dora", "echo"));
        gateway = settled(Gateway.builder()
                        .server(up1)
                        .server(up2)
                        .authenticator(new ApiKeys(keys, null))
                        .policies(new RolePolicyStore(List.of(
                                Role.allowing("all", Grant.everything("up1"), Grant.everything("up2")),
                                Role.allowing("echo", Grant.tools("up1", "echo")))))
                        .json(JsonLimits.DEFAULT.withMessageBytes(1 << 20))
                        .audit(audit)
                        .drain(Duration.ofSeconds(1)))
                .build();
        endpoint = McpEndpoint.over(gateway)
                .hosts(hosts)
                .origins(origins)
                .limits(limits)
                .build();
        engine = serve(endpoint, bodyTimeout);
    }

    @AfterEach
    void finish() {
        up1.release.complete(null); // closing would wait for held calls, as long as it may
        stop();
    }

    private void stop() {
        connections.forEach(RawHttp::close);
        engine.close();
        gateway.close();
    }

    void restart(EndpointLimits limits, Set<String> hosts, Set<String> origins) throws Exception {
        stop();
        start(limits, hosts, origins);
    }

    RawHttp connect() {
        RawHttp connection = new RawHttp(engine.port());
        connections.add(connection);
        return connection;
    }

    /** A request that a test changes in one place. */
    final class Sent {
        final String method;
        String target;
        final Map<String, List<String>> headers = new LinkedHashMap<>();
        String body = "";

        Sent(String method, String target) {
            this.method = method;
            this.target = target;
            with("Host", "127.0.0.1:" + engine.port());
            with("Authorization", "Bearer alice");
        }

        Sent with(String name, String value) {
            headers.put(name, value == null ? List.of() : List.of(value));
            return this;
        }

        Sent twice(String name, String first, String second) {
            headers.put(name, List.of(first, second));
            return this;
        }

        Sent body(String json) {
            body = json;
            return this;
        }

        String head() {
            StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
            headers.forEach((name, values) -> values.forEach(value -> text.append(name + ": " + value + "\r\n")));
            return text.toString();
        }

        String whole() {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            String framing = method.equals("POST") ? "Content-Length: " + length + "\r\n" : "";
            return head() + framing + "\r\n" + body;
        }

        RawHttp begin() {
            return connect().send(whole());
        }

        RawHttp.Answer answer() {
            try (RawHttp http = begin()) {
                return http.answer();
            }
        }

        int status() {
            return answer().status();
        }
    }

    Sent request(String method, String target) {
        return new Sent(method, target);
    }

    Sent post(String json) {
        return new Sent("POST", "/mcp/up1")
                .with("Content-Type", "application/json")
                .with("Accept", "application/json, text/event-stream")
                .body(json);
    }

    Sent modern(String method, String members) {
        return post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{"
                        + (members.isEmpty() ? "" : members + ",") + META + "}}")
                .with("MCP-Protocol-Version", "2026-07-28")
                .with("Mcp-Method", method);
    }

    Sent modernTool(String tool) {
        return modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{}")
                .with("Mcp-Name", tool);
    }

    Sent legacy(String session, int id, String method, String params) {
        return post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + params + "}}")
                .with("MCP-Protocol-Version", "2025-11-25")
                .with("Mcp-Session-Id", session);
    }

    Sent legacyTool(String session, int id, String tool) {
        return legacy(session, id, "tools/call", "\"name\":\"" + tool + "\",\"arguments\":{}");
    }

    Sent initialize() {
        return post("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"t\",\"version\":\"0\"}}}");
    }

    String session() {
        RawHttp.Answer answer = initialize().answer();
        assertThat(answer.status()).isEqualTo(200);
        return answer.header("Mcp-Session-Id");
    }

    String session(String revision) {
        Sent sent = initialize();
        return sent.body(sent.body.replace("2025-11-25", revision)).answer().header("Mcp-Session-Id");
    }

    Sent onSession(String method, String session) {
        return request(method, "/mcp/up1").with("Accept", "text/event-stream").with("Mcp-Session-Id", session);
    }

    Sent notification(String session, String method, String params) {
        return post("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":{" + params + "}}")
                .with("Mcp-Session-Id", session);
    }

    int toolCalls() {
        return (int) up1.methods().stream().filter("tools/call"::equals).count();
    }

    /** The server says something on its own, to the first client that it met. */
    Reply deliver(String method) {
        Call call = up1.calls.get(0);
        return call.session()
                .deliver(ScriptedUpstream.unsolicited(call.session(), method))
                .toCompletableFuture()
                .join();
    }
}
