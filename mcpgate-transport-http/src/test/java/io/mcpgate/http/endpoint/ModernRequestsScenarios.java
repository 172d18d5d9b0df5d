package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.audit.AuditEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of 2026-07-28, which describe themselves. */
abstract class ModernRequestsScenarios extends EndpointFixture {
    @Test
    void answersWithOneObject() {
        RawHttp.Answer answer = modernTool("echo").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{");
        assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
    }

    @Test
    void ignoresASessionId() {
        RawHttp.Answer answer = modernTool("echo").with("Mcp-Session-Id", "x").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE"})
    void hasPostOnly(String method) {
        RawHttp.Answer answer = request(method, "/mcp/up1")
                .with("MCP-Protocol-Version", "2026-07-28")
                .answer();
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("POST");
    }

    @Test
    void requestsMustDescribeThemselves() {
        RawHttp.Answer answer = post("{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"tools/list\",\"params\":{}}")
                .with("MCP-Protocol-Version", "2026-07-28")
                .with("Mcp-Method", "tools/list")
                .answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":-32602").contains("\"id\":6");
    }

    @Test
    void namesTheRevisionsThatItSpeaks() {
        Sent sent = modernTool("echo").with("MCP-Protocol-Version", "2099-01-01");
        RawHttp.Answer answer =
                sent.body(sent.body.replace("2026-07-28", "2099-01-01")).answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"code\":-32022")
                .contains("\"supported\":[\"2026-07-28\"]")
                .contains("\"requested\":\"2099-01-01\"");
    }

    @Test
    void headersAndBodyMustAgree() {
        List<Sent> mismatches = List.of(
                modernTool("echo").with("Mcp-Name", "hold"),
                modernTool("echo").with("Mcp-Name", null),
                modernTool("echo").with("Mcp-Name", "Echo"),
                modernTool("echo").with("Mcp-Name", "=?base64?aG9sZA==?="),
                modernTool("echo").with("Mcp-Name", "=?base64?***?="),
                modernTool("echo").twice("Mcp-Name", "echo", "echo"),
                modernTool("echo").with("Mcp-Method", null),
                modernTool("echo").with("Mcp-Method", "tools/list"),
                modernTool("echo").twice("Mcp-Method", "tools/call", "tools/list"),
                modernTool("echo").with("MCP-Protocol-Version", null),
                modernTool("echo").with("MCP-Protocol-Version", "2025-11-25"),
                modernTool("echo").twice("MCP-Protocol-Version", "2026-07-28", "2026-07-28"));
        for (Sent mismatch : mismatches) {
            RawHttp.Answer answer = mismatch.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":-32020").contains("\"id\":1");
        }
        assertThat(up1.calls).isEmpty();
    }

    @Test
    void readsEncodedAndPaddedHeaders() {
        assertThat(modernTool("echo").with("Mcp-Name", "=?base64?ZWNobw==?=").status())
                .isEqualTo(200);
        assertThat(modernTool("echo").with("Mcp-Name", "  echo \t").status()).isEqualTo(200);
    }

    @Test
    void unknownForbiddenAndFormerMethodsAreNotFound() {
        for (String method : List.of("unknown/here", "initialize", "ping", "logging/setLevel", "mcpgate/stream")) {
            RawHttp.Answer answer = modern(method, "").answer();
            assertThat(answer.status()).as(method).isEqualTo(404);
            assertThat(answer.body()).contains("\"code\":-32601").contains("\"id\":1");
        }
        assertThat(modern("sampling/createMessage", "")
                        .with("Authorization", "Bearer dora")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void refusalsAndFailuresOfCallsAreInBand() {
        assertThat(modernTool("hold").with("Authorization", "Bearer dora").answer())
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(200))
                .satisfies(answer -> assertThat(answer.body()).contains("\"code\":403"));
        assertThat(modernTool("limited").answer().body()).contains("\"code\":429");
        assertThat(modernTool("down").answer().status()).isEqualTo(200);
        assertThat(modernTool("nope").answer().body()).contains("\"code\":-32602");
    }

    @Test
    void tellsNothingOfWhatBreaksInside() {
        RawHttp.Answer answer = modernTool("broken").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"code\":-32603").doesNotContain("secret detail");
    }

    @Test
    void progressComesBeforeTheReplyOnOneStream() {
        RawHttp http = modernTool("progress").begin();
        RawHttp.Answer head = http.head();
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(head.header("Cache-Control")).isEqualTo("no-cache, no-transform");
        assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(http.event()).contains("notifications/progress").contains("\"progress\":1");
        assertThat(http.event()).contains("notifications/progress").contains("\"progress\":2");
        assertThat(http.event()).contains("\"id\":1").contains("done");
        assertThat(http.event()).isNull();
    }

    @Test
    void newsComesOnlyWhereItIsListenedFor() {
        RawHttp.Answer answer = modernTool("changes").answer();
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).contains("not told");
    }

    @Test
    void whoTakesNoStreamGetsTheReplyAlone() {
        RawHttp.Answer answer =
                modernTool("progress").with("Accept", "application/json").answer();
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).contains("done");
    }

    @Test
    void serversCannotAskByRequests() {
        assertThat(modernTool("sample").answer().body()).contains("client failed");
    }

    @Test
    void goingAwayCancels() throws Exception {
        RawHttp http = modernTool("hold").begin();
        await().until(() -> up1.held.size() == 1);
        http.reset();
        await().until(() -> up1.held.get(0).cancellation().isCancelled());
    }

    @Test
    void goingAwayFromAStreamCancels() {
        RawHttp http = modernTool("progressThenHold").begin();
        http.head();
        http.event();
        http.close();
        await().until(() -> up1.held.get(0).cancellation().isCancelled());
    }

    @Test
    void longWaitBecomesAStreamWithComments() {
        RawHttp http = modernTool("hold").begin();
        assertThat(http.head().header("Content-Type")).isEqualTo("text/event-stream");
        up1.release.complete(null);
        assertThat(http.event()).contains("held");
    }

    @Test
    void replyComesBehindAMessageThatIsLargerThanWhatMayWait() {
        RawHttp http = modernTool("loud").begin();
        assertThat(http.head().status()).isEqualTo(200);
        assertThat(http.event()).hasSizeGreaterThan(ScriptedUpstream.LOUD_BYTES);
        assertThat(http.event()).contains("said");
        assertThat(http.event()).isNull();
    }

    @Test
    void readerThatDoesNotReadIsCut() {
        RawHttp http = modernTool("flood").begin();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> audit.events().stream()
                        .anyMatch(event -> event.kind() == AuditEvent.Kind.OUTCOME
                                && event.method().equals("tools/call")));
        assertThat(http.isClosedByServer()).isTrue();
    }

    @Test
    void takesNotificationsAndNoResponses() {
        assertThat(post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}")
                        .with("MCP-Protocol-Version", "2026-07-28")
                        .with("Mcp-Method", "notifications/cancelled")
                        .status())
                .isEqualTo(202);
        assertThat(up1.calls).isEmpty();
        assertThat(post("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")
                        .with("MCP-Protocol-Version", "2026-07-28")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void notificationsNeedNotNameTheirMethodInAHeader() {
        String cancelled = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}";
        Sent unnamed = post(cancelled).with("MCP-Protocol-Version", "2026-07-28");
        Sent misnamed =
                post(cancelled).with("MCP-Protocol-Version", "2026-07-28").with("Mcp-Method", "notifications/progress");
        assertThat(unnamed.status()).isEqualTo(202);
        assertThat(misnamed.answer().body()).contains("-32020");
    }

    @Test
    void servesTheMergedCatalog() {
        Sent sent = modern("tools/list", "");
        sent.target = "/mcp";
        assertThat(sent.answer().body()).contains("up1__echo").contains("up2__echo");
    }
}
