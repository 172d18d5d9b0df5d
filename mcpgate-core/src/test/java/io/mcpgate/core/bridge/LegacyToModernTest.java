package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyToModernTest {
    private static final String DISCOVERED = """
            {'resultType':'complete','supportedVersions':['2026-07-28'],'ttlMs':0,'cacheScope':'private',
             'capabilities':{'tools':{'listChanged':true},'resources':{'subscribe':true,'listChanged':true},'logging':{},
                             'extensions':{'io.modelcontextprotocol/tasks':{},'example/other':{}}},
             'instructions':'Be kind.','_meta':{'io.modelcontextprotocol/serverInfo':{'name':'modern','version':'3'}}}
            """;
    private static final String SUBSCRIPTION = "'_meta':{'io.modelcontextprotocol/subscriptionId':'listen'}";

    private final ManualTimer timer = new ManualTimer();
    private final ScriptedServer server = ScriptedServer.modern().on("server/discover", DISCOVERED);
    private final PooledUpstream pool = new PooledUpstream("crm", server, Sharing.SESSION, PoolLimits.DEFAULT, timer);
    private final LegacyToModern bridge = new LegacyToModern(pool, Json.READER, timer);
    private final RecordingSession client = RecordingSession.legacy("s");

    @BeforeEach
    void listenForEver() {
        server.later(Terms.LISTEN);
    }

    @AfterEach
    void close() {
        bridge.close();
        pool.close();
    }

    private Call request(String method, String params) {
        return request(method, params, client);
    }

    private static Call request(String method, String params, Session session) {
        return Call.request(RequestId.of(7), method, Json.body(params), session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
    }

    private CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    private Reply send(String method, String params) {
        return begin(request(method, params)).getNow(null);
    }

    private static Payload result(Reply reply) {
        return ((Reply.Complete) reply).result();
    }

    private static Reply.Failure failure(Reply reply) {
        return (Reply.Failure) reply;
    }

    private Reply initialize(String version) {
        return send("initialize", """
                {'protocolVersion':'%s','clientInfo':{'name':'c','version':'2'},
                 'capabilities':{'sampling':{},'elicitation':{},'roots':{'listChanged':true}}}""".formatted(version));
    }

    private void introduce() {
        initialize("2025-11-25");
        begin(Call.notification("notifications/initialized", Payload.empty(), client)
                .withPrincipal(Samples.ALICE)
                .withServer("crm"));
    }

    private void acknowledge(Call listen, String... uris) {
        String list = List.of(uris).stream().map(uri -> "'" + uri + "'").collect(Collectors.joining(","));
        server.tell(
                listen,
                Terms.ACKNOWLEDGED,
                "{'notifications':{'resourceSubscriptions':[" + list + "]}," + SUBSCRIPTION + "}");
    }

    private List<String> told() {
        return client.delivered().stream().map(Call::method).toList();
    }

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
            assertThat(Terms.member(result(initialize("2025-11-25")), "capabilities", "tasks", "requests"))
                    .isNotNull();

            server.on("server/discover", "{'resultType':'complete','capabilities':{'tools':{}}}");
            assertThat(Terms.member(result(initialize("2025-11-25")), "capabilities", "tasks"))
                    .isNull();
        }

        @Test
        void failsAsTheServerDoes() {
            server.on("server/discover", ScriptedServer.error(-32000));

            assertThat(failure(initialize("2025-11-25")).code()).isEqualTo(-32000);
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

    @Nested
    class AServerThatWantsToKnowSomething {
        private static final String QUESTION = """
                {'resultType':'input_required','requestState':'st\\u00e4te','inputRequests':{
                  'who':{'method':'elicitation/create','params':{'message':'Who?'}},
                  'why':{'method':'sampling/createMessage','params':{'maxTokens':1}}}}""";

        @BeforeEach
        void greet() {
            initialize("2025-11-25");
        }

        @Test
        void hasTheClientAskedAllAtOnceAndGetsTheAnswersWithItsState() {
            server.inTurn("tools/call", QUESTION, "{'resultType':'complete','content':[]}");
            client.answering(question -> Reply.complete(Json.body("{'to':'" + question.method() + "'}")));

            Reply reply = send("tools/call", "{'name':'t','arguments':{'n':1.0}}");

            assertThat(Json.text(result(reply))).isEqualTo("{'content':[]}");
            assertThat(told()).containsExactly("elicitation/create", "sampling/createMessage");
            assertThat(client.delivered())
                    .allSatisfy(question ->
                            assertThat(question.parent().orElseThrow().method()).isEqualTo("tools/call"));
            assertThat(Json.text(server.last("tools/call").params()))
                    .contains("'arguments':{'n':1.0}", "'requestState':'stäte'", Terms.CLIENT_CAPABILITIES)
                    .contains(
                            "'inputResponses':{'who':{'to':'elicitation/create'},'why':{'to':'sampling/createMessage'}}");
        }

        @Test
        void mayAskInSeveralRoundsEachWithItsOwnStateAndAnswers() {
            server.inTurn(
                    "tools/call",
                    "{'resultType':'input_required','requestState':'1','inputRequests':{'a':{'method':'roots/list'}}}",
                    "{'resultType':'input_required','inputRequests':{'b':{'method':'roots/list'}}}",
                    "{'resultType':'complete'}");

            send("tools/call", "{'name':'t'}");

            List<Call> calls = server.received("tools/call");
            assertThat(calls).hasSize(3);
            assertThat(Json.text(calls.get(1).params())).contains("'requestState':'1'", "'inputResponses':{'a':{}}");
            assertThat(Json.text(calls.get(2).params()))
                    .contains("'inputResponses':{'b':{}}")
                    .doesNotContain("requestState");
        }

        @Test
        void mayNotAskForEver() {
            server.on(
                    "tools/call",
                    "{'resultType':'input_required','requestState':'1','inputRequests':{'a':{'method':'roots/list'}}}");

            Reply reply = send("tools/call", "{'name':'t'}");

            assertThat(failure(reply).is(ErrorCode.BAD_UPSTREAM)).isTrue();
            assertThat(told()).hasSize(16);
        }

        @Test
        void mayNotAskTooMuchAtOnce() {
            String questions = IntStream.range(0, 33)
                    .mapToObj(i -> "'q" + i + "':{'method':'roots/list'}")
                    .collect(Collectors.joining(","));
            server.on("tools/call", "{'resultType':'input_required','inputRequests':{" + questions + "}}");

            assertThat(failure(send("tools/call", "{'name':'t'}")).is(ErrorCode.BAD_UPSTREAM))
                    .isTrue();
            assertThat(told()).isEmpty();
        }

        @Test
        void isToldThatTheUserGaveNoAnswer() {
            server.inTurn(
                    "tools/call",
                    "{'resultType':'input_required','inputRequests':{'a':{'method':'elicitation/create'}}}",
                    "{'resultType':'complete'}");
            client.answering(question -> ScriptedServer.error(-32603));

            send("tools/call", "{'name':'t'}");

            assertThat(Json.text(server.last("tools/call").params()))
                    .contains("'inputResponses':{'a':{'action':'cancel'}}");
        }

        @Test
        void getsNoSecondCallIfTheClientCannotSample() {
            server.on("tools/call", QUESTION);
            client.answering(question -> question.method().startsWith("sampling")
                    ? Reply.Failure.received(-1, "User rejected", null)
                    : Reply.complete(Payload.empty()));

            Reply reply = send("tools/call", "{'name':'t'}");

            assertThat(failure(reply).message()).isEqualTo("User rejected");
            assertThat(server.received("tools/call")).hasSize(1);
        }

        @Test
        void getsNoSecondCallIfTheFirstIsCancelledMeanwhile() {
            AskedLater asked = new AskedLater(client);
            server.on("tools/call", QUESTION);
            Call call = request("tools/call", "{'name':'t'}", asked);
            CompletableFuture<Reply> reply = begin(call);
            assertThat(reply).isNotDone();

            call.cancellation().cancel();
            assertThat(client.delivered())
                    .allSatisfy(question ->
                            assertThat(question.cancellation().isCancelled()).isTrue());
            asked.answer.complete(Reply.complete(Payload.empty()));

            assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
            assertThat(server.received("tools/call")).hasSize(1);
        }

        @Test
        void isCalledAgainAfterAPauseIfItOnlyWantsThat() {
            server.inTurn(
                    "tools/call", "{'resultType':'input_required','requestState':'1'}", "{'resultType':'complete'}");

            CompletableFuture<Reply> reply = begin(request("tools/call", "{'name':'t'}"));
            assertThat(reply).isNotDone();
            timer.advance(Duration.ofMillis(250));

            assertThat(reply).isCompleted();
            assertThat(server.last("tools/call").params().string("requestState"))
                    .contains("1");
        }

        @Test
        void isNotLeftWaitingByAClientThatCannotBeReached() {
            server.on("tools/call", QUESTION);
            AskedLater asked = new AskedLater(client);
            asked.answer.completeExceptionally(new IllegalStateException("gone"));

            CompletableFuture<Reply> reply = begin(request("tools/call", "{'name':'t'}", asked));

            assertThat(reply).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
        }

        @Test
        void hasPagesToVisitNamedAsTheOldRevisionsDoIt() {
            server.inTurn(
                    "tools/call",
                    "{'resultType':'input_required','inputRequests':{'a':{'method':'elicitation/create','params':{'mode':'url'}}}}",
                    "{'resultType':'complete'}");

            send("tools/call", "{'name':'t'}");

            assertThat(client.delivered().get(0).params().string("elicitationId"))
                    .isPresent();
        }
    }

    /** A client whose answer to all questions the test gives. */
    private record AskedLater(RecordingSession client, CompletableFuture<Reply> answer) implements Session {
        AskedLater(RecordingSession client) {
            this(client, new CompletableFuture<>());
        }

        @Override
        public String key() {
            return client.key();
        }

        @Override
        public String protocolVersion() {
            return client.protocolVersion();
        }

        @Override
        public Optional<Payload> handshake() {
            return client.handshake();
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            client.deliver(call);
            return answer;
        }
    }

    @Nested
    class WhatTheClientIsToldOutsideOfRequests {
        private Call listen() {
            return server.last(Terms.LISTEN);
        }

        private CompletableFuture<Reply> subscribe(String uri) {
            return begin(request("resources/subscribe", "{'uri':'" + uri + "'}"));
        }

        private Call subscribed(String uri) {
            subscribe(uri);
            acknowledge(listen(), uri);
            return listen();
        }

        @Test
        void isListenedForAsTheServerPromisesIt() {
            introduce();

            assertThat(Terms.member(listen().params(), "notifications"))
                    .isEqualTo(Map.of("toolsListChanged", true, "resourcesListChanged", true));
            assertThat(listen().params().string("_meta", Terms.VERSION)).contains("2026-07-28");
        }

        @Test
        void isNotListenedForIfNothingIsPromised() {
            server.on("server/discover", "{'resultType':'complete','capabilities':{'tools':{}}}");

            introduce();

            assertThat(server.received(Terms.LISTEN)).isEmpty();
        }

        @Test
        void arrivesWithoutTheSubscription() {
            introduce();
            acknowledge(listen());

            server.tell(listen(), "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");

            assertThat(told()).containsExactly("notifications/tools/list_changed");
            assertThat(Json.text(client.delivered().get(0).params())).isEqualTo("{}");
            assertThat(client.delivered().get(0).parent()).isEmpty();
        }

        @Test
        void isListenedForTogetherWithAllResources() {
            introduce();
            acknowledge(listen());
            subscribed("mem://a");

            CompletableFuture<Reply> second = subscribe("mem://b");

            assertThat(Terms.member(listen().params(), "notifications", "resourceSubscriptions"))
                    .isEqualTo(List.of("mem://a", "mem://b"));
            assertThat(Terms.member(listen().params(), "notifications", "toolsListChanged"))
                    .isEqualTo(true);
            assertThat(second).isNotDone();
            acknowledge(listen(), "mem://a", "mem://b");
            assertThat(second).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void isHeardOnTheOldRequestUntilTheNewOneIsAcknowledgedAndThenOnceOnly() {
            introduce();
            Call before = listen();
            acknowledge(before);
            subscribe("mem://a");
            Call after = listen();

            assertThat(before.cancellation().isCancelled()).isFalse();
            server.tell(before, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");
            acknowledge(after, "mem://a");
            assertThat(before.cancellation().isCancelled()).isTrue();
            server.tell(before, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");
            server.tell(after, "notifications/tools/list_changed", "{" + SUBSCRIPTION + "}");

            assertThat(told()).hasSize(2);
        }

        @Test
        void isNotLostWhenAcknowledgementsComeInTheOtherOrder() {
            introduce();
            acknowledge(listen());
            CompletableFuture<Reply> a = subscribe("mem://a");
            Call first = listen();
            CompletableFuture<Reply> b = subscribe("mem://b");
            Call second = listen();

            acknowledge(second, "mem://a", "mem://b");
            acknowledge(first, "mem://a");
            server.tell(second, "notifications/resources/updated", "{'uri':'mem://b'," + SUBSCRIPTION + "}");

            assertThat(List.of(a, b))
                    .allSatisfy(
                            reply -> assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance));
            assertThat(told()).containsExactly("notifications/resources/updated");
        }

        @Test
        void refusesAResourceThatTheServerDoesNotHonourAndForgetsIt() {
            introduce();
            acknowledge(listen());
            CompletableFuture<Reply> refused = subscribe("mem://no");
            acknowledge(listen());
            assertThat(failure(refused.join()).is(ErrorCode.INVALID_PARAMS)).isTrue();

            subscribe("mem://a");

            assertThat(Terms.member(listen().params(), "notifications", "resourceSubscriptions"))
                    .isEqualTo(List.of("mem://a"));
        }

        @Test
        void refusesAResourceAsTheServerDoes() {
            server.on("server/discover", "{'resultType':'complete','capabilities':{'resources':{'subscribe':true}}}");
            introduce();
            server.on(Terms.LISTEN, ScriptedServer.error(-32601));

            Reply refused = subscribe("mem://a").join();

            assertThat(failure(refused).code()).isEqualTo(-32601);
            timer.advance(Duration.ofHours(1));
            assertThat(server.received(Terms.LISTEN)).hasSize(1);
        }

        @Test
        void refusesAResourceWhoseSubscriptionIsNotAcknowledgedInTime() {
            introduce();
            acknowledge(listen());
            CompletableFuture<Reply> reply = subscribe("mem://a");

            timer.advance(Duration.ofSeconds(10));

            assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
            assertThat(listen().cancellation().isCancelled()).isTrue();
            assertThat(server.received(Terms.LISTEN).get(0).cancellation().isCancelled())
                    .isFalse();
        }

        @Test
        void isLimitedToSoManyResources() {
            server.with(Terms.LISTEN, call -> {
                CompletableFuture<Reply> open = new CompletableFuture<>();
                timer.schedule(() -> acknowledge(call, uris(call)), 0, TimeUnit.MILLISECONDS);
                return open;
            });
            introduce();
            for (int i = 0; i < 1_024; i++) {
                subscribe("mem://" + i);
            }

            assertThat(failure(subscribe("mem://more").getNow(null)).is(ErrorCode.RATE_LIMITED))
                    .isTrue();
        }

        private String[] uris(Call listen) {
            return Terms.member(listen.params(), "notifications", "resourceSubscriptions") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toArray(String[]::new)
                    : new String[0];
        }

        @Test
        void isListenedForWithoutAResourceThatIsUnsubscribedFrom() {
            introduce();
            acknowledge(listen());
            subscribed("mem://a");

            CompletableFuture<Reply> left = begin(request("resources/unsubscribe", "{'uri':'mem://a'}"));
            acknowledge(listen());

            assertThat(left).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(Terms.member(listen().params(), "notifications", "resourceSubscriptions"))
                    .isNull();
        }

        @Test
        void isNotListenedForWhenTheLastResourceIsLeftAndNothingElseIsPromised() {
            server.on("server/discover", "{'resultType':'complete','capabilities':{'resources':{'subscribe':true}}}");
            introduce();
            Call listen = subscribed("mem://a");

            send("resources/unsubscribe", "{'uri':'mem://a'}");

            assertThat(listen.cancellation().isCancelled()).isTrue();
            timer.advance(Duration.ofHours(1));
            assertThat(server.received(Terms.LISTEN)).hasSize(1);
        }

        @Test
        void isListenedForAgainAfterABreakAndThenAllMayHaveChanged() {
            CompletableFuture<Reply> broken = server.later(Terms.LISTEN);
            introduce();
            acknowledge(listen());
            Call first = listen();
            server.later(Terms.LISTEN);
            broken.complete(Reply.failure(ErrorCode.UNAVAILABLE, "gone"));
            assertThat(listen()).isSameAs(first);

            timer.advance(Duration.ofSeconds(1));
            assertThat(listen()).isNotSameAs(first);
            assertThat(told()).isEmpty();
            acknowledge(listen());

            assertThat(told())
                    .containsExactly("notifications/resources/list_changed", "notifications/tools/list_changed");
        }

        @Test
        void isListenedForAgainIfTheServerIsAwayAtFirst() {
            server.on(Terms.LISTEN, Reply.failure(ErrorCode.UNAVAILABLE, "away"));
            introduce();
            server.later(Terms.LISTEN);

            timer.advance(Duration.ofSeconds(1));

            assertThat(server.received(Terms.LISTEN)).hasSize(2);
        }

        @Test
        void isListenedForAgainWhenItBreaksWhileAnotherWishIsRefused() {
            CompletableFuture<Reply> broken = server.later(Terms.LISTEN);
            introduce();
            acknowledge(listen());
            CompletableFuture<Reply> pending = server.later(Terms.LISTEN);
            subscribe("mem://bad");
            broken.complete(Reply.failure(ErrorCode.UNAVAILABLE, "gone"));
            server.later(Terms.LISTEN);
            pending.complete(ScriptedServer.error(-32602));

            timer.advance(Duration.ofSeconds(1));

            assertThat(server.received(Terms.LISTEN)).hasSize(3);
            assertThat(Terms.member(listen().params(), "notifications", "resourceSubscriptions"))
                    .isNull();
        }

        @Test
        void isNotAskedForAgainAndAgainAtAServerThatRefuses() {
            server.on(Terms.LISTEN, ScriptedServer.error(-32601));
            introduce();

            timer.advance(Duration.ofHours(1));

            assertThat(server.received(Terms.LISTEN)).hasSize(1);
        }

        @Test
        void endsWithTheSession() {
            introduce();
            acknowledge(listen());
            Call listen = listen();

            bridge.ended(client);
            timer.advance(Duration.ofHours(1));

            assertThat(listen.cancellation().isCancelled()).isTrue();
            assertThat(server.received(Terms.LISTEN)).hasSize(1);
            assertThat(bridge.knows(client)).isFalse();
        }
    }

    @Nested
    class ATask {
        private static final String WORKING =
                "{'resultType':'complete','taskId':'7','status':'working','createdAt':'c','lastUpdatedAt':'l','ttlMs':null,'pollIntervalMs':500}";

        @BeforeEach
        void greet() {
            initialize("2025-11-25");
        }

        private CompletableFuture<Reply> result() {
            return begin(request("tasks/result", "{'taskId':'7'}"));
        }

        @Test
        void isMadeOfACallThatAsksForOne() {
            server.on("tools/call", WORKING.replace("'resultType':'complete'", "'resultType':'task'"));

            Reply reply = send("tools/call", "{'name':'t','task':{'ttl':1000}}");

            assertThat(Terms.member(server.last("tools/call").params(), "task")).isNull();
            assertThat(Terms.member(
                            server.last("tools/call").params(),
                            "_meta",
                            Terms.CLIENT_CAPABILITIES,
                            "extensions",
                            Terms.TASKS_EXTENSION))
                    .isNotNull();
            assertThat(Json.text(LegacyToModernTest.result(reply))).isEqualTo("""
                    {'task':{'taskId':'7','status':'working','createdAt':'c','lastUpdatedAt':'l','ttl':null,'pollInterval':500}}""");
        }

        @Test
        void isNotAskedForByOtherCalls() {
            send("tools/call", "{'name':'t'}");

            assertThat(Json.text(server.last("tools/call").params())).doesNotContain(Terms.TASKS_EXTENSION);
        }

        @Test
        void tellsItsState() {
            server.on("tasks/get", WORKING);

            assertThat(Json.text(LegacyToModernTest.result(send("tasks/get", "{'taskId':'7'}"))))
                    .startsWith("{'taskId':'7','status':'working'");
        }

        @Test
        void isPolledUntilItIsComplete() {
            server.inTurn("tasks/get", WORKING, """
                    {'resultType':'complete','taskId':'7','status':'completed','result':{'resultType':'complete','content':[]}}""");

            CompletableFuture<Reply> result = result();
            assertThat(result).isNotDone();
            timer.advance(Duration.ofMillis(500));

            assertThat(Json.text(LegacyToModernTest.result(result.join())))
                    .isEqualTo("{'content':[],'_meta':{'io.modelcontextprotocol/related-task':{'taskId':'7'}}}");
        }

        @Test
        void failsWithItsError() {
            server.on("tasks/get", "{'status':'failed','error':{'code':-32000,'message':'broke','data':{'a':1}}}");

            Reply.Failure failed = failure(result().join());

            assertThat(failed.code()).isEqualTo(-32000);
            assertThat(failed.message()).isEqualTo("broke");
            assertThat(failed.data().members()).containsEntry("a", 1L);
        }

        @Test
        void saysThatItWasCancelled() {
            server.on("tasks/get", "{'status':'cancelled'}");

            assertThat(failure(result().join()).is(ErrorCode.CANCELLED)).isTrue();
        }

        @Test
        void asksTheClientOnceAndTellsTheServer() {
            String asking = "{'status':'input_required','inputRequests':{'a':{'method':'elicitation/create'}}}";
            server.inTurn("tasks/get", asking, asking, "{'status':'completed','result':{}}");
            server.on("tasks/update", "{'resultType':'complete'}");

            CompletableFuture<Reply> result = result();
            timer.advance(Duration.ofSeconds(2));

            assertThat(result).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(told()).containsExactly("elicitation/create");
            assertThat(server.received("tasks/update")).hasSize(1);
            assertThat(Json.text(server.last("tasks/update").params()))
                    .contains("'taskId':'7'", "'inputResponses':{'a':{}}");
        }

        @Test
        void isNoLongerPolledWhenNobodyWaits() {
            server.on("tasks/get", WORKING);
            Call call = request("tasks/result", "{'taskId':'7'}");
            CompletableFuture<Reply> result = begin(call);

            call.cancellation().cancel();
            timer.advance(Duration.ofMinutes(1));

            assertThat(failure(result.join()).is(ErrorCode.CANCELLED)).isTrue();
            assertThat(server.received("tasks/get")).hasSize(1);
        }

        @Test
        void isCancelledAndTellsItsState() {
            server.on("tasks/cancel", "{'resultType':'complete'}")
                    .on("tasks/get", "{'taskId':'7','status':'cancelled'}");

            assertThat(Json.text(LegacyToModernTest.result(send("tasks/cancel", "{'taskId':'7'}"))))
                    .startsWith("{'taskId':'7','status':'cancelled'");
        }

        @Test
        void cannotBeFoundInAList() {
            assertThat(failure(send("tasks/list", "{}")).is(ErrorCode.METHOD_NOT_FOUND))
                    .isTrue();
            assertThat(server.received("tasks/list")).isEmpty();
        }
    }
}
