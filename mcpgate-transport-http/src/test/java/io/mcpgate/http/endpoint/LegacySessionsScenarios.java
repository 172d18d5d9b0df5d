package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How legacy sessions begin and end, and whose they are. */
abstract class LegacySessionsScenarios extends EndpointFixture {
    @Test
    void initializeHasALength() {
        int before = up1.calls.size();

        RawHttp.Answer answer =
                post("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                                + "\"capabilities\":{\"experimental\":{\"x\":\"" + "x".repeat(64 << 10) + "\"}}}}")
                        .answer();

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("\"id\":9", "65536 bytes").doesNotContain("xxx");
        assertThat(answer.header("Mcp-Session-Id")).isEmpty();
        assertThat(up1.calls).hasSize(before);
    }

    @Test
    void initializeMakesASession() {
        RawHttp.Answer answer = initialize().answer();
        assertThat(answer.header("Mcp-Session-Id")).matches("[!-~]{22,}");
        assertThat(answer.body()).doesNotContain(answer.header("Mcp-Session-Id"));
        assertThat(up1.calls.get(0).session().key()).isNotEqualTo(answer.header("Mcp-Session-Id"));
        assertThat(initialize().answer().header("Mcp-Session-Id")).isNotEqualTo(answer.header("Mcp-Session-Id"));
    }

    @Test
    void failedHandshakeMakesNone() {
        Sent sent = initialize();
        RawHttp.Answer answer =
                sent.body(sent.body.replace("2025-11-25", "refused")).answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
        assertThat(up1.ended).hasSize(1);
    }

    @Test
    void newestAskedRevisionIsStillALegacySession() {
        Sent sent = initialize();
        sent.body(sent.body.replace("2025-11-25", "2026-07-28")).answer();
        assertThat(up1.calls.get(0).session().isModern()).isFalse();
    }

    @Test
    void leavesNothingIfItIsRefused() {
        for (int i = 0; i < 20; i++) {
            RawHttp.Answer answer = initialize().with("Authorization", null).answer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
        }
        assertThat(up1.calls).isEmpty();
        for (int i = 0; i < 20; i++) {
            Sent refused = initialize();
            refused.body(refused.body.replace("2025-11-25", "refused")).answer();
        }
        assertThat(up1.ended).hasSize(20);
        List<String> sessions = IntStream.range(0, 3).mapToObj(i -> session()).toList();
        for (String session : sessions) {
            assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(200);
        }
        assertThat(up1.ended).hasSize(20);
    }

    @Test
    void missingSessionIs400AndUnknownIs404() {
        assertThat(legacyTool("x", 1, "echo").status()).isEqualTo(404);
        assertThat(legacyTool("x", 1, "echo").answer().body()).contains("\"id\":1");
        assertThat(legacyTool("x", 1, "echo").with("Mcp-Session-Id", null).status())
                .isEqualTo(400);
        assertThat(onSession("GET", "x").status()).isEqualTo(404);
        assertThat(onSession("DELETE", "x").status()).isEqualTo(404);
        assertThat(onSession("GET", "x").with("Mcp-Session-Id", null).status()).isEqualTo(400);
    }

    @Test
    void foreignSessionLooksUnknown() {
        String session = session();
        RawHttp stream = onSession("GET", session).begin();
        assertThat(stream.head().status()).isEqualTo(200);
        for (Sent sent :
                List.of(legacyTool(session, 1, "echo"), onSession("GET", session), onSession("DELETE", session))) {
            assertThat(sent.with("Authorization", "Bearer bob").status()).isEqualTo(404);
        }
        assertThat(toolCalls()).isZero();
        assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(200);
        deliver("notifications/tools/list_changed");
        assertThat(stream.event()).contains("list_changed");
    }

    @Test
    void foreignSessionLooksUnknownInTheMergedCatalogToo() {
        Sent open = initialize();
        open.target = "/mcp";
        String session = open.answer().header("Mcp-Session-Id");
        Sent sent = legacyTool(session, 1, "up1__echo").with("Authorization", "Bearer bob");
        sent.target = "/mcp";
        assertThat(sent.status()).isEqualTo(404);
        assertThat(toolCalls()).isZero();
        assertThat(sent.with("Authorization", "Bearer alice").status()).isEqualTo(200);
    }

    @Test
    void sessionBelongsToItsPath() {
        Sent sent = legacyTool(session(), 1, "echo");
        sent.target = "/mcp/up2";
        assertThat(sent.status()).isEqualTo(404);
    }

    @Test
    void invalidRevisionIs400() {
        assertThat(legacyTool(session(), 1, "echo")
                        .with("MCP-Protocol-Version", "1.0")
                        .status())
                .isEqualTo(400);
        assertThat(legacyTool(session(), 1, "echo")
                        .with("MCP-Protocol-Version", null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void deleteEndsTheSession() {
        String session = session();
        RawHttp stream = onSession("GET", session).begin();
        stream.head();
        assertThat(onSession("DELETE", session).status()).isEqualTo(204);
        assertThat(stream.event()).isNull();
        assertThat(up1.ended).hasSize(1);
        assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(404);
        assertThat(onSession("DELETE", session).status()).isEqualTo(404);
    }

    @Test
    void oneMoreSessionEndsThePrincipalsLongestIdle() {
        List<String> sessions = List.of(session(), session(), session());
        legacyTool(sessions.get(0), 1, "echo").status();
        String bobs = initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
        session();
        assertThat(legacyTool(sessions.get(1), 1, "echo").status()).isEqualTo(404);
        assertThat(legacyTool(sessions.get(0), 1, "echo").status()).isEqualTo(200);
        assertThat(legacyTool(bobs, 1, "echo")
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesOneMoreWhenAllAreBusy() {
        for (int i = 0; i < 3; i++) {
            onSession("GET", session()).begin().head();
        }
        RawHttp.Answer answer = initialize().answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"code\":429");
    }

    @Test
    void idleSessionsEndAlsoWhenOnlyOthersAreThere() throws Exception {
        restart(LIMITS.withSessions(3, 8, Duration.ofMillis(200)), Set.of(), Set.of());
        legacyTool(session(), 1, "echo").answer();
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            modernTool("echo").answer();
            return up1.ended.size() == 1;
        });
    }

    @Test
    void idleSessionsEnd() throws Exception {
        restart(LIMITS.withSessions(3, 8, Duration.ofMillis(200)), Set.of(), Set.of());
        String session = session();
        await().pollInterval(Duration.ofMillis(300))
                .until(() -> legacyTool(session, 1, "echo").status() == 404);
    }
}
