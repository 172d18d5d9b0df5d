package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.http.ForwardedHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What any engine around the endpoint must do, on real sockets. */
@Timeout(60)
abstract class EndpointScenarios extends EndpointFixture {
    @Nested
    class Credentials {
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
        @ValueSource(strings = {"Bearer x", "Basic YTpi", "Bearer", "Bearer a b", "alice", "Bearer alice,alice", ""})
        void refusesWhatIsNoValidBearerToken(String authorization) {
            assertThat(modernTool("echo").with("Authorization", authorization).status())
                    .isEqualTo(401);
            assertThat(up1.calls).isEmpty();
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
            assertThat(legacyTool(session, 1, "echo")
                            .with("Authorization", null)
                            .status())
                    .isEqualTo(401);
            assertThat(onSession("GET", session).with("Authorization", null).status())
                    .isEqualTo(401);
            assertThat(onSession("DELETE", session).with("Authorization", null).status())
                    .isEqualTo(401);
        }
    }

    @Nested
    class FrontDoor {
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
            assertThat(modernTool("echo").with("Content-Encoding", "gzip").status())
                    .isEqualTo(415);
        }

        @Test
        void everyAnswerForbidsGuessingAndKeeping() {
            RawHttp.Answer answer = modernTool("echo").answer();
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        }
    }

    @Nested
    class Bodies {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{\"jsonrpc\":|-32700",
                    "|-32700",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"x\"}|-32700",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"}{}|-32700",
                    "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]|-32600",
                    "{\"jsonrpc\":\"2.0\",\"id\":1}|-32600",
                    "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"x\"}|-32600",
                    "1e1000000000|-32700"
                })
        void refusesWhatIsNoMessage(String body, int code) {
            RawHttp.Answer answer = post(body == null ? "" : body).answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":" + code);
        }

        @Test
        void echoesTheIdThatItCouldRead() {
            RawHttp.Answer answer =
                    post("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":7}").answer();
            assertThat(answer.body()).contains("\"id\":\"x\"");
        }

        @Test
        void refusesAJsonBombSoon() {
            assertThat(post("[".repeat(100_000)).status()).isEqualTo(400);
        }

        @Test
        void refusesALargeBodyByItsAnnouncement() {
            RawHttp http = connect();
            http.send(modernTool("echo").head() + "Content-Length: 1073741824\r\n\r\n{");
            assertThat(http.answer().status()).isEqualTo(413);
        }

        @Test
        void cutsAnEndlessBodyAtTheLimit() {
            RawHttp http = connect();
            http.send(modernTool("echo").head() + "Transfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes();
            int sent = 0;
            try {
                for (; sent < 16_384; sent++) {
                    http.send(chunk);
                    if (http.socket.getInputStream().available() > 0) {
                        break;
                    }
                }
            } catch (UncheckedIOException | IOException closed) {
                // as it should be
            }
            assertThat(sent).isLessThan(2_000);
            assertThat(http.head().status()).isEqualTo(413);
        }

        @Test
        void doesNotWaitForASlowBody() {
            RawHttp http = connect();
            http.send(modernTool("echo").head() + "Content-Length: 100\r\n\r\n{");
            assertThat(http.head().status()).isEqualTo(408);
        }

        @Test
        void survivesClientsThatGoAwayInTheMiddle() throws Exception {
            for (int i = 0; i < 50; i++) {
                RawHttp http = connect();
                http.send(modernTool("echo").head() + "Content-Length: 100\r\n\r\n{");
                http.reset();
            }
            assertThat(modernTool("echo").status()).isEqualTo(200);
        }
    }

    @Nested
    class Modern {
        @Test
        void answersWithOneObject() {
            RawHttp.Answer answer = modernTool("echo").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{");
            assertThat(answer.headers()).doesNotContainKey("mcp-session-id");
        }

        @Test
        void ignoresASessionId() {
            RawHttp.Answer answer =
                    modernTool("echo").with("Mcp-Session-Id", "x").answer();
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
            assertThat(modernTool("echo")
                            .with("Mcp-Name", "=?base64?ZWNobw==?=")
                            .status())
                    .isEqualTo(200);
            assertThat(modernTool("echo").with("Mcp-Name", "  echo \t").status())
                    .isEqualTo(200);
        }

        @Test
        void passesParameterHeadersOnWithTheCall() {
            modernTool("echo")
                    .with("Mcp-Param-Region", "eu")
                    .with("X-Other", "no")
                    .status();
            assertThat(up1.calls
                            .get(0)
                            .attribute(ForwardedHeaders.KEY)
                            .orElseThrow()
                            .list())
                    .singleElement()
                    .satisfies(header -> assertThat(header.value()).isEqualTo("eu"));
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
            String cancelled =
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}";
            Sent unnamed = post(cancelled).with("MCP-Protocol-Version", "2026-07-28");
            Sent misnamed = post(cancelled)
                    .with("MCP-Protocol-Version", "2026-07-28")
                    .with("Mcp-Method", "notifications/progress");
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

    @Nested
    class Legacy {
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
        void callsWork() {
            RawHttp.Answer answer = legacyTool(session(), 5, "echo").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"id\":5,\"result\"");
        }

        @Test
        void missingSessionIs400AndUnknownIs404() {
            assertThat(legacyTool("x", 1, "echo").status()).isEqualTo(404);
            assertThat(legacyTool("x", 1, "echo").answer().body()).contains("\"id\":1");
            assertThat(legacyTool("x", 1, "echo").with("Mcp-Session-Id", null).status())
                    .isEqualTo(400);
            assertThat(onSession("GET", "x").status()).isEqualTo(404);
            assertThat(onSession("DELETE", "x").status()).isEqualTo(404);
            assertThat(onSession("GET", "x").with("Mcp-Session-Id", null).status())
                    .isEqualTo(400);
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
            assertThat(notification(session, "notifications/unheard", "").status())
                    .isEqualTo(202);
        }

        @Test
        void idInFlightCannotBeUsedAgain() {
            String session = session();
            RawHttp first = legacyTool(session, 7, "hold").begin();
            await().until(() -> up1.held.size() == 1);
            assertThat(legacyTool(session, 7, "echo").answer().body()).contains("\"code\":-32600");
            assertThat(legacyTool(session, 7, "echo")
                            .with("Authorization", null)
                            .status())
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
            String bobs =
                    initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
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
            String bobs =
                    initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
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
            RawHttp.Answer taken = post(answer.formatted("hello"))
                    .with("Mcp-Session-Id", session)
                    .answer();
            assertThat(taken.status()).isEqualTo(202);
            assertThat(taken.body()).isEmpty();
            assertThat(http.event()).contains("client said hello");
            assertThat(http.event()).isNull();
            deliver("notifications/tools/list_changed");
            assertThat(general.event()).contains("list_changed");
        }

        @Test
        void notificationsWaitForTheStream() {
            String session = session();
            deliver("notifications/tools/list_changed");
            deliver("notifications/prompts/list_changed");
            RawHttp stream = onSession("GET", session).begin();
            assertThat(stream.head().header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(stream.event()).contains("tools/list_changed");
            assertThat(stream.event()).contains("prompts/list_changed");
        }

        @Test
        void onlySoManyWait() {
            session();
            for (int i = 0; i < 256; i++) {
                assertThat(deliver("notifications/message")).isInstanceOf(Reply.Accepted.class);
            }
            assertThat(deliver("notifications/message")).isInstanceOf(Reply.Failure.class);
        }

        private CompletableFuture<Reply> askForRoots() {
            Call call = up1.calls.get(0);
            return call.session()
                    .deliver(Call.unsolicited(
                            RequestId.of(1), "roots/list", Payload.empty(), call.session(), call.principal(), "up1"))
                    .toCompletableFuture();
        }

        @Test
        void requestWaitsForTheFirstStream() {
            String session = session();
            CompletableFuture<Reply> asked = askForRoots();

            RawHttp stream = onSession("GET", session).begin();

            assertThat(stream.head().status()).isEqualTo(200);
            assertThat(stream.event()).contains("roots/list");
            assertThat(asked).isNotDone();
        }

        @Test
        void requestFailsAtOnceWhenTheStreamIsClosed() {
            String session = session();
            RawHttp stream = onSession("GET", session).begin();
            assertThat(stream.head().status()).isEqualTo(200);
            stream.close();
            await().until(() -> askForRoots()
                            .completeOnTimeout(null, 200, TimeUnit.MILLISECONDS)
                            .join()
                    != null);

            assertThat(askForRoots().join()).isInstanceOf(Reply.Failure.class);
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
            String bobs =
                    initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
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
        void idleSessionsEnd() throws Exception {
            restart(LIMITS.withSessions(3, 8, Duration.ofMillis(200)), Set.of(), Set.of());
            String session = session();
            await().pollInterval(Duration.ofMillis(300))
                    .until(() -> legacyTool(session, 1, "echo").status() == 404);
        }

        private Reply deliver(String method) {
            Call call = up1.calls.get(0);
            return call.session()
                    .deliver(ScriptedUpstream.unsolicited(call.session(), method))
                    .toCompletableFuture()
                    .join();
        }
    }

    @Nested
    class Closing {
        @Test
        void answersWhatIsInFlightAndEndsStreams() {
            String session = session();
            RawHttp stream = onSession("GET", session).begin();
            stream.head();
            RawHttp call = modernTool("hold").begin();
            await().until(() -> up1.held.size() == 1);
            CompletableFuture<Void> closed = endpoint.close().toCompletableFuture();
            assertThat(stream.event()).isNull();
            assertThat(modernTool("echo").status()).isEqualTo(503);
            assertThat(closed).isNotDone();
            up1.release.complete(null);
            assertThat(call.answer().body()).contains("held");
            assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
            assertThat(up1.ended).hasSize(1);
        }
    }
}
