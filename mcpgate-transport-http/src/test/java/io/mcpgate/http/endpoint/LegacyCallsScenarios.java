package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Calls on a legacy session, their cancellation, and what a server asks during them. */
abstract class LegacyCallsScenarios extends EndpointFixture {
    @Test
    void callsWork() {
        RawHttp.Answer answer = legacyTool(session(), 5, "echo").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"id\":5,\"result\"");
    }

    @Test
    void pingReachesTheServer() {
        RawHttp.Answer answer = legacy(session(), 4, "ping", "").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"id\":4,\"result\"");
        assertThat(up1.methods()).contains("ping");
    }

    @Test
    void decidesByTheBodyWhateverModernHeadersSay() {
        Sent init = initialize().with("Authorization", "Bearer dora");
        String session = init.answer().header("Mcp-Session-Id");
        RawHttp.Answer answer = legacyTool(session, 1, "hold")
                .with("Authorization", "Bearer dora")
                .with("Mcp-Method", "tools/call")
                .with("Mcp-Name", "echo")
                .answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"code\":403");
        assertThat(toolCalls()).isZero();
    }

    @Test
    void policyNeverLooksLikeALostSession() {
        String session = session();
        assertThat(legacy(session, 1, "unknown/here", "").status()).isEqualTo(200);
        assertThat(legacyTool(session, 2, "limited").status()).isEqualTo(200);
        assertThat(notification(session, "notifications/unheard", "").status()).isEqualTo(202);
    }

    @Test
    void idInFlightCannotBeUsedAgain() {
        String session = session();
        RawHttp first = legacyTool(session, 7, "hold").begin();
        await().until(() -> up1.held.size() == 1);
        assertThat(legacyTool(session, 7, "echo").answer().body()).contains("\"code\":-32600");
        assertThat(legacyTool(session, 7, "echo").with("Authorization", null).status())
                .isEqualTo(401);
        assertThat(legacyTool(session, 7, "echo")
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(404);
        up1.release.complete(null);
        assertThat(first.answer().body()).contains("held");
    }

    @Test
    void cancelsOwnCallsOnly() {
        String alices = session();
        String bobs = initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
        legacyTool(alices, 1, "hold").begin();
        await().until(() -> up1.held.size() == 1);
        assertThat(notification(bobs, "notifications/cancelled", "\"requestId\":1")
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(202);
        assertThat(notification(alices, "notifications/cancelled", "\"requestId\":1")
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(404);
        assertThat(up1.held.get(0).cancellation().isCancelled()).isFalse();
        assertThat(notification(alices, "notifications/cancelled", "\"requestId\":1")
                        .status())
                .isEqualTo(202);
        assertThat(up1.held.get(0).cancellation().isCancelled()).isTrue();
    }

    @Test
    void goingAwayDoesNotCancel() throws Exception {
        String session = session();
        RawHttp http = legacyTool(session, 1, "progressThenHold").begin();
        http.head();
        http.event();
        http.reset();
        await().during(Duration.ofMillis(700))
                .atMost(Duration.ofSeconds(5))
                .until(() -> !up1.held.get(0).cancellation().isCancelled());
    }

    @Test
    void samplingGoesOutOnTheCallsStreamAndComesBackAsAPost() {
        String session = session();
        RawHttp general = onSession("GET", session).begin();
        general.head();
        RawHttp http = legacyTool(session, 1, "sample").begin();
        http.head();
        String asked = http.event();
        assertThat(asked).contains("sampling/createMessage").doesNotContain("s-1");
        String id = asked.replaceAll(".*\"id\":([0-9]+).*", "$1");
        String bobs = initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
        String answer = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"text\":\"%s\"}}";
        assertThat(post(answer.formatted("forged"))
                        .with("Mcp-Session-Id", bobs)
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(202);
        assertThat(post(answer.formatted("forged"))
                        .with("Mcp-Session-Id", session)
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(404);
        RawHttp.Answer taken =
                post(answer.formatted("hello")).with("Mcp-Session-Id", session).answer();
        assertThat(taken.status()).isEqualTo(202);
        assertThat(taken.body()).isEmpty();
        assertThat(http.event()).contains("client said hello");
        assertThat(http.event()).isNull();
        deliver("notifications/tools/list_changed");
        assertThat(general.event()).contains("list_changed");
    }
}
