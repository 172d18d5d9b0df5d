package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.audit.AuditEvent;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused by its host, origin, path, method or media type, whoever sends it. */
abstract class FrontDoorScenarios extends EndpointFixture {
    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET", "DELETE", "OPTIONS"})
    void refusesForeignHostsAndOriginsOnEveryMethod(String method) {
        for (String host : List.of("evil.example", "x/health?a=", "127.0.0.1.evil.example", "127.0.0.1:80:80")) {
            assertThat(List.of(403, 400))
                    .contains(request(method, "/mcp/up1").with("Host", host).status());
        }
        for (String origin :
                List.of("https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1@e")) {
            RawHttp.Answer answer =
                    request(method, "/mcp/up1").with("Origin", origin).answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        }
        assertThat(up1.calls).isEmpty();
    }

    @Test
    void letsLocalPagesAndNamesIn() {
        assertThat(modernTool("echo")
                        .with("Host", "LocalHost")
                        .with("Origin", "http://localhost:6274")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void servesConfiguredNamesAndPagesOnly() throws Exception {
        restart(LIMITS, Set.of("tools.example.com"), Set.of("https://chat.example.com"));
        RawHttp.Answer answer = modernTool("echo")
                .with("Host", "tools.example.com")
                .with("Origin", "https://chat.example.com")
                .answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example.com");
        assertThat(modernTool("echo").status()).isEqualTo(403);
        assertThat(modernTool("echo")
                        .with("Host", "tools.example.com")
                        .with("Origin", "http://localhost")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void answersPreflightOfConfiguredPages() throws Exception {
        restart(LIMITS, Set.of(), Set.of("https://chat.example.com"));
        RawHttp.Answer answer = request("OPTIONS", "/mcp/up1")
                .with("Authorization", null)
                .with("Origin", "https://chat.example.com")
                .with("Access-Control-Request-Method", "POST")
                .with("Access-Control-Request-Headers", "authorization, mcp-param-region, x-evil")
                .answer();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Headers")).isEqualTo("authorization, mcp-param-region");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "OPTIONS", "HEAD", "TRACE"})
    void allowsThreeMethods(String method) {
        try (RawHttp http = request(method, "/mcp/up1").begin()) {
            assertThat(http.head().status()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//mcp",
                "/%6dcp",
                "/mcp/../health",
                "/mcp;x=1",
                "/mcp/.",
                "/MCP",
                "/mcp/",
                "/mcp/%00",
                "/mcp/up1/",
                "/mcp/Up1",
                "/mcp/up1/x",
                "/mcp/up1%2f",
                "/",
                "/health",
                "/mcp/up1;a=b",
                "/mcp/./up1"
            })
    void knowsOnlyItsExactPaths(String path) {
        Sent sent = modernTool("echo");
        sent.target = path;
        assertThat(List.of(404, 400)).contains(sent.status());
        assertThat(up1.calls).isEmpty();
    }

    @Test
    void absoluteFormIsNoWayRoundTheCredential() {
        Sent sent = modernTool("echo").with("Authorization", null);
        sent.target = "http://127.0.0.1:" + engine.port() + "/mcp/up1";
        assertThat(sent.status()).isNotEqualTo(200);
        assertThat(up1.calls).isEmpty();
    }

    @Test
    void unknownServerIsNotFoundOnceTheCallerIsKnown() {
        Sent sent = modernTool("echo");
        sent.target = "/mcp/nobody";
        assertThat(sent.status()).isEqualTo(404);
        assertThat(sent.with("Authorization", null).status()).isEqualTo(401);
        assertThat(request("GET", "/mcp/nobody").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/jsonx",
                "multipart/form-data",
                "APPLICATION/JSON; charset=utf-16",
                "",
                "application/json, text/plain"
            })
    void takesJsonOnly(String type) {
        assertThat(modernTool("echo").with("Content-Type", type).status()).isEqualTo(415);
        assertThat(modernTool("echo").with("Content-Type", null).status()).isEqualTo(415);
        assertThat(up1.calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|200",
                "*/*|200",
                "application/*|200",
                "text/html|406",
                "application/json;q=0|406",
                "text/event-stream|200"
            })
    void refusesOnlyWhoAcceptsNeitherForm(String accept, int status) {
        assertThat(modernTool("echo").with("Accept", accept).status()).isEqualTo(status);
    }

    @Test
    void answersAsAStreamWhomOnlyThatSuits() {
        RawHttp.Answer answer =
                modernTool("echo").with("Accept", "text/event-stream").answer();
        assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(answer.body()).startsWith("event: message\ndata: {");
    }

    @Test
    void recordsWhatItRefusesAtTheDoor() {
        modernTool("echo").with("Content-Type", "text/plain").status();
        modernTool("echo").with("Origin", "https://evil.example").status();
        modernTool("echo").with("Mcp-Name", "hold").status();
        post("[]").status();
        assertThat(audit.events())
                .filteredOn(event -> event.method().equals("mcpgate/refused"))
                .hasSize(4)
                .allMatch(event -> event.verdict() == AuditEvent.Verdict.REFUSED)
                .anyMatch(event -> event.reason().contains("Content-Type"))
                .anyMatch(event -> event.reason().contains("Mcp-Name"));
    }

    @Test
    void refusesCompressedBodies() {
        assertThat(modernTool("echo").with("Content-Encoding", "gzip").status()).isEqualTo(415);
    }

    @Test
    void everyAnswerForbidsGuessingAndKeeping() {
        RawHttp.Answer answer = modernTool("echo").answer();
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    }
}
