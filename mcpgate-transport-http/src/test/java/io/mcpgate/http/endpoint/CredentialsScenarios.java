package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to show what before anything else happens. */
abstract class CredentialsScenarios extends EndpointFixture {
    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET", "DELETE"})
    void challengesWhoeverShowsNothing(String method) {
        Sent sent = method.equals("POST")
                ? post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")
                : request(method, "/mcp/up1").with("Accept", "text/event-stream");
        RawHttp.Answer answer = sent.with("Authorization", null).answer();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer ");
        assertThat(up1.calls).isEmpty();
        assertThat(audit.events()).anyMatch(event -> event.verdict() == AuditEvent.Verdict.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer x",
                "Basic YTpi",
                "Bearer",
                "Bearer a b",
                "alice",
                "Bearer alice,alice",
                "",
                "Bearer \talice",
                "Bearer =",
                "Bearer alice=e",
                "Bearer alic\u00e9"
            })
    void refusesWhatIsNoValidBearerToken(String authorization) {
        assertThat(modernTool("echo").with("Authorization", authorization).status())
                .isEqualTo(401);
        assertThat(up1.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer alice", "BEARER   alice"})
    void takesABearerTokenHoweverItsSchemeIsWritten(String authorization) {
        assertThat(modernTool("echo").with("Authorization", authorization).status())
                .isEqualTo(200);
    }

    @Test
    void takesTheKeyHeader() {
        assertThat(modernTool("echo")
                        .with("Authorization", null)
                        .with("X-API-Key", "bob")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void neverGuessesWhichOfTwoCounts() {
        assertThat(modernTool("echo")
                        .twice("Authorization", "Bearer alice", "Bearer bob")
                        .status())
                .isEqualTo(401);
        assertThat(modernTool("echo").with("X-API-Key", "bob").status()).isEqualTo(401);
        assertThat(modernTool("echo").with("X-API-Key", "alice").status()).isEqualTo(401);
        assertThat(up1.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token=alice", "api_key=x", "a=1&Token=x", "%61ccess_token=x", "x-api-key=x"})
    void refusesOneInTheUrl(String query) {
        Sent sent = modernTool("echo");
        sent.target = "/mcp/up1?" + query;
        assertThat(sent.status()).isEqualTo(401);
    }

    @Test
    void ignoresOtherQueries() {
        Sent sent = modernTool("echo");
        sent.target = "/mcp/up1?trace=1";
        assertThat(sent.status()).isEqualTo(200);
    }

    @Test
    void sessionIdIsNoCredential() {
        String session = session();
        assertThat(legacyTool(session, 1, "echo").with("Authorization", null).status())
                .isEqualTo(401);
        assertThat(onSession("GET", session).with("Authorization", null).status())
                .isEqualTo(401);
        assertThat(onSession("DELETE", session).with("Authorization", null).status())
                .isEqualTo(401);
    }
}
