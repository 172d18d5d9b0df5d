package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyToModernTest extends LegacyToModernFixture {
    @Nested
    class TheHandshake {
        @ParameterizedTest
        @CsvSource({"2025-11-25, 2025-11-25", "2024-11-05, 2024-11-05", "2099-01-01, 2025-11-25"})
        void agreesOnARevisionThatTheClientSpeaks(String asked, String agreed) {
            assertThat(result(initialize(asked)).string("protocolVersion")).contains(agreed);
        }

        @Test
        void saysWhatTheServerSaysOfItself() {
            Payload result = result(initialize("2025-06-18"));

            assertThat(result.string("serverInfo", "name")).contains("modern");
            assertThat(result.string("instructions")).contains("Be kind.");
            assertThat(Json.text(result))
                    .contains("'tools':{'listChanged':true}", "'logging':{}", "'example/other':{}")
                    .doesNotContain("ttlMs", "resultType", "tasks");
        }

        @Test
        void offersTasksToClientsThatKnowThemIfTheServerHasThem() {
            assertThat(result(initialize("2025-11-25")).member("capabilities", "tasks", "requests"))
                    .isNotNull();

            server.on("server/discover", "{'resultType':'complete','capabilities':{'tools':{}}}");
            assertThat(result(initialize("2025-11-25")).member("capabilities", "tasks"))
                    .isNull();
        }

        @Test
        void isNotHeldForTheSession() {
            WeakReference<Payload> answer = new WeakReference<>(result(initialize("2025-11-25")));

            await().until(() -> {
                System.gc();
                return answer.get() == null;
            });
            assertThat(result(send("ping", "{}")).members()).isEmpty();
        }

        @Test
        void isNotWaitedForForEver() {
            server.later("server/discover");
            CompletableFuture<Reply> greeted =
                    begin(request("initialize", "{'protocolVersion':'2025-11-25','capabilities':{}}"));

            timer.advance(Duration.ofSeconds(10));

            assertThat(failure(greeted.getNow(Reply.accepted())).is(ErrorCode.DEADLINE))
                    .isTrue();
            assertThat(server.last("server/discover").cancellation().isCancelled())
                    .isTrue();
        }

        @Test
        void isRefusedToMoreClientsThanOneServerMayHave() {
            for (int i = 0; i < 10_000; i++) {
                begin(request("initialize", "{}", RecordingSession.legacy("s" + i)));
            }

            Reply refused = begin(request("initialize", "{}", RecordingSession.legacy("more")))
                    .join();

            assertThat(failure(refused).is(ErrorCode.UNAVAILABLE)).isTrue();
            bridge.ended(RecordingSession.legacy("s0"));
            assertThat(begin(request("initialize", "{}", RecordingSession.legacy("more"))))
                    .isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void failsAsTheServerDoes() {
            server.on("server/discover", ScriptedServer.error(-32000));

            assertThat(failure(initialize("2025-11-25")).code()).isEqualTo(-32000);
        }
    }

    @Nested
    class ACallBehindTheEndOfItsSession {
        @Test
        void makesNothingThatNobodyFreesIfItIsANotification() {
            CompletableFuture<Reply> told =
                    begin(Call.notification("notifications/initialized", Payload.empty(), client)
                            .withPrincipal(Samples.ALICE)
                            .withServer("crm"));

            assertThat(told).isCompletedWithValueMatching(Reply.Accepted.class::isInstance);
            assertThat(bridge.knows(client)).isFalse();
        }

        @Test
        void makesNothingThatNobodyFreesIfItIsARequest() {
            Call cancelled = request("tools/list", "{}");
            cancelled.cancellation().cancel();

            assertThat(failure(begin(cancelled).join()).is(ErrorCode.CANCELLED)).isTrue();
            assertThat(bridge.knows(client)).isFalse();
            assertThat(server.methods()).isEmpty();
        }
    }

    @Nested
    class ARequest {
        @Test
        void describesItsClient() {
            initialize("2025-11-25");

            send("tools/list", "{'cursor':'x','_meta':{'progressToken':4}}");

            assertThat(Json.text(server.last("tools/list").params())).isEqualTo("""
                    {'cursor':'x','_meta':{'progressToken':4,'io.modelcontextprotocol/protocolVersion':'2026-07-28',\
                    'io.modelcontextprotocol/clientCapabilities':{'sampling':{},'elicitation':{},'roots':{}},\
                    'io.modelcontextprotocol/clientInfo':{'name':'c','version':'2'}}}""");
        }

        @Test
        void asksForLogsOfTheLevelThatWasSet() {
            initialize("2025-11-25");

            assertThat(send("logging/setLevel", "{'level':'warning'}")).isInstanceOf(Reply.Complete.class);
            send("tools/list", "{}");

            assertThat(server.last("tools/list").params().string("_meta", Terms.LOG_LEVEL))
                    .contains("warning");
        }

        @Test
        void ofTheOldEraOnlyNeverReachesTheServer() {
            initialize("2025-11-25");

            assertThat(send("ping", "{}")).isInstanceOf(Reply.Complete.class);
            assertThat(failure(send("logging/setLevel", "{'level':'loud'}")).is(ErrorCode.INVALID_PARAMS))
                    .isTrue();
            begin(Call.notification("notifications/roots/list_changed", Payload.empty(), client)
                    .withPrincipal(Samples.ALICE)
                    .withServer("crm"));

            assertThat(server.methods()).containsExactly("server/discover");
        }

        @Test
        void isDescribedByTheSessionIfThereWasNoHandshakeHere() {
            send("tools/list", "{}");

            assertThat(server.last("tools/list").params().string("_meta", Terms.CLIENT_INFO, "name"))
                    .contains("test");
        }

        @Test
        void losesOnlyTheTermsOfTheOtherEraInItsResult() {
            initialize("2025-11-25");
            server.on("tools/list", """
                    {'resultType':'complete', 'tools':[ {'name':'t', 'inputSchema':{'ttlMs':1.50}} ],'ttlMs':0,\
                    'nextCursor':'é','cacheScope':'private','_meta':{'io.modelcontextprotocol/serverInfo':{},'x':1e2}}""");

            assertThat(Json.text(result(send("tools/list", "{}")))).isEqualTo("""
                    { 'tools':[ {'name':'t', 'inputSchema':{'ttlMs':1.50}} ],\
                    'nextCursor':'é','_meta':{'x':1e2}}""");
        }

        @Test
        void hasItsErrorsPassedOn() {
            initialize("2025-11-25");
            Reply no = Reply.Failure.received(-32602, "Unknown tool", Payload.of(Map.of("a", 1)));
            server.on("tools/call", no);

            assertThat(send("tools/call", "{'name':'t'}")).isEqualTo(no);
        }

        @Test
        void isToldItsProgressAndLogs() {
            initialize("2025-11-25");
            server.later("tools/call");
            Call call = request("tools/call", "{'name':'t','_meta':{'progressToken':'p'}}");
            begin(call);

            server.tell(server.last("tools/call"), "notifications/progress", "{'progressToken':'p','progress':1}");

            Call progress = client.delivered().get(0);
            assertThat(progress.method()).isEqualTo("notifications/progress");
            assertThat(progress.session()).isSameAs(client);
        }

        @Test
        void cannotBeAskedByARequest() {
            initialize("2025-11-25");
            server.later("tools/call");
            begin(request("tools/call", "{'name':'t'}"));

            Reply answer = server.ask(server.last("tools/call"), "sampling/createMessage", "{}")
                    .join();

            assertThat(failure(answer).is(ErrorCode.METHOD_NOT_FOUND)).isTrue();
            assertThat(told()).isEmpty();
        }
    }
}
