package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.ALICE;
import static io.mcpgate.core.PolicyBench.json;
import static io.mcpgate.core.PolicyBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.PolicyBench.Way;
import io.mcpgate.core.policy.TaskOrigin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a body names beside its target is decided by the same policy: capabilities, subscriptions, tasks, values, requests. */
class PolicyInsideTest {
    private static final String EVERYTHING = "tools: *, prompts: *, resources: *, templates: *, methods: *";

    private final List<PolicyBench> benches = new ArrayList<>();

    private PolicyBench bench(String era, String rules) {
        return bench(era, rules, UnaryOperator.identity());
    }

    private PolicyBench bench(String era, String rules, UnaryOperator<GatewayBuilder> more) {
        return bench(era, rules, more, false);
    }

    private PolicyBench bench(String era, String rules, UnaryOperator<GatewayBuilder> more, boolean conceals) {
        PolicyBench bench = new PolicyBench(era, rules, more, conceals);
        benches.add(bench);
        return bench;
    }

    @AfterEach
    void close() {
        benches.forEach(PolicyBench::close);
    }

    private static String result(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Complete.class);
        return text(((Reply.Complete) reply).result());
    }

    private static Reply.Failure failure(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return (Reply.Failure) reply;
    }

    @Nested
    class TheCapabilitiesOfAServer {
        private static final String OFFERED = "\"tools\":{\"listChanged\":true},\"prompts\":{},"
                + "\"resources\":{\"subscribe\":true},\"completions\":{},\"logging\":{},\"experimental\":{\"x\":{}}";

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                tools: a        | "tools":{"listChanged":true},"logging":{},"experimental":{"x":{}}
                prompts: a      | "prompts":{},"completions":{},"logging":{},"experimental":{"x":{}}
                resources: a    | "resources":{"subscribe":true},"completions":{},"logging":{},"experimental":{"x":{}}
                templates: a    | "resources":{},"completions":{},"logging":{},"experimental":{"x":{}}
                methods: x      | "logging":{},"experimental":{"x":{}}
                tools: a !methods: logging/setLevel, methods: notifications/* | "tools":{},"experimental":{"x":{}}
                """)
        void areCutDownToWhatTheRoleLeaves(String rules, String left) {
            String legacy = "{\"capabilities\":{%s}, \"instructions\":\"\\u0041\"}";
            String modern = "{\"capabilities\":{%s},\"resultType\":\"complete\", \"ttlMs\":1.0,\"cacheScope\":\"%s\"}";

            assertThat(result(bench("legacy", rules)
                            .answering("initialize", legacy.formatted(OFFERED))
                            .ask("initialize", "{}")))
                    .isEqualTo(legacy.formatted(left));
            assertThat(result(bench("modern", rules)
                            .answering("server/discover", modern.formatted(OFFERED, "public"))
                            .ask("server/discover", "{}")))
                    .isEqualTo(modern.formatted(left, "private"));
        }

        @ParameterizedTest
        @CsvSource({"legacy, initialize", "modern, server/discover"})
        void leaveTheGateAsTheyCameWhenNothingIsRefused(String era, String method) {
            String answer = "{ \"capabilities\" : {" + OFFERED + "},\"cacheScope\":\"private\"}";

            assertThat(result(bench(era, EVERYTHING).answering(method, answer).ask(method, "{}")))
                    .isEqualTo(answer);
        }

        @Test
        void loseTasksWithTheMethodsOfTasks() {
            String legacy = "{\"capabilities\":{\"tasks\":{\"list\":{},\"cancel\":{}}}}";
            String modern = "{\"capabilities\":{\"extensions\":{\"io.modelcontextprotocol/tasks\":{},\"x/y\":{}}}}";

            assertThat(result(bench("legacy", "tools: *")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo(legacy);
            assertThat(result(bench("legacy", "tools: * !methods: tasks/list")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo("{\"capabilities\":{\"tasks\":{\"cancel\":{}}}}");
            assertThat(result(bench("legacy", "prompts: *")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo("{\"capabilities\":{}}");
            assertThat(result(bench("modern", "tools: * !methods: tasks/*")
                            .answering("server/discover", modern)
                            .ask("server/discover", "{}")))
                    .isEqualTo("{\"capabilities\":{\"extensions\":{\"x/y\":{}}}}");
        }
    }

    @Nested
    class TheCapabilitiesOfAClient {
        private static final String DECLARED = "{\"sampling\":{},\"elicitation\":{\"url\":{}},\"roots\":{},"
                + "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}},\"experimental\":{\"x\":{}}}";

        private static String meta(String capabilities) {
            return "{\"name\":\"search\",\"arguments\":{ \"a\" : 1.0 },\"_meta\":{"
                    + "\"io.modelcontextprotocol/clientCapabilities\":" + capabilities + ", \"x\":1}}";
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                tools: *                              | {"extensions":{"io.modelcontextprotocol/tasks":{}},"experimental":{"x":{}}}
                tools: *, methods: roots/list         | {"roots":{},"extensions":{"io.modelcontextprotocol/tasks":{}},"experimental":{"x":{}}}
                tools: *, methods: sampling/* !methods: tasks/* | {"sampling":{},"extensions":{},"experimental":{"x":{}}}
                """)
        void thatNobodyMayUseAreNotShownToTheServer(String rules, String left) {
            PolicyBench legacy = bench("legacy", rules);
            PolicyBench modern = bench("modern", rules);
            legacy.ask("initialize", "{\"protocolVersion\":\"2025-11-25\", \"capabilities\":" + DECLARED + "}");
            modern.ask("tools/call", meta(DECLARED));

            assertThat(legacy.received("initialize"))
                    .isEqualTo("{\"protocolVersion\":\"2025-11-25\", \"capabilities\":" + left + "}");
            assertThat(modern.received("tools/call")).isEqualTo(meta(left));
        }

        @Test
        void areForwardedUntouchedWhenAllMayBeUsed() {
            PolicyBench bench = bench("modern", EVERYTHING);
            Payload params = json(meta(DECLARED));

            bench.send(Way.CLIENT_ASKS, "tools/call", params);

            assertThat(bench.arrived(Way.CLIENT_ASKS, "tools/call").get(0).params())
                    .isSameAs(params);
        }

        @Test
        void areForwardedUntouchedWhenThereAreNone() {
            PolicyBench bench = bench("modern", "tools: *");
            Payload params = json(meta("{}"));

            bench.send(Way.CLIENT_ASKS, "tools/call", params);

            assertThat(bench.arrived(Way.CLIENT_ASKS, "tools/call").get(0).params())
                    .isSameAs(params);
        }

        @Test
        void areCutInTheHandshakeWithWhichALostSessionIsOpenedAgain() {
            PolicyBench bench = bench("legacy", "tools: *");
            bench.session()
                    .introducedBy(json("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":" + DECLARED + "}"));
            bench.ask("tools/call", "{\"name\":\"search\"}");

            Payload again = bench.arrived(Way.CLIENT_ASKS, "tools/call")
                    .get(0)
                    .session()
                    .handshake()
                    .orElseThrow();

            assertThat(text(again))
                    .isEqualTo("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{"
                            + "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}},\"experimental\":{\"x\":{}}}}");
        }

        @Test
        void areCutAlsoInWhatTheGatewayAsksByItself() {
            PolicyBench bench = bench("modern", "tools: other", UnaryOperator.identity(), true);

            bench.ask("tools/call", meta(DECLARED));

            assertThat(bench.received("tools/call"))
                    .contains("clientCapabilities", "experimental")
                    .doesNotContain("sampling", "elicitation", "roots");
        }
    }

    @Nested
    class RequestsInsideAResult {
        private static String asking(String requests) {
            return "{\"resultType\":\"input_required\",\"inputRequests\":" + requests + ",\"requestState\":\"s\"}";
        }

        @ParameterizedTest
        @ValueSource(strings = {"sampling/createMessage", "elicitation/create", "roots/list"})
        void passWhenTheClientMayBeAskedAndOtherwiseFailTheCall(String method) {
            String answer = asking("{\"k\":{\"method\":\"" + method + "\",\"params\":{}}}");
            PolicyBench granted =
                    bench("modern", "tools: *, methods: " + method).answering("tools/call", answer);
            PolicyBench refused = bench("modern", "tools: *").answering("tools/call", answer);

            assertThat(granted.ask("tools/call", "{\"name\":\"search\"}")).isInstanceOf(Reply.InputRequired.class);
            Reply.Failure failure = failure(refused.ask("tools/call", "{\"name\":\"search\"}"));
            assertThat(failure.kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
            assertThat(refused.lastEvent().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.lastEvent().reason()).isEqualTo(method + " in inputRequests: no rule allows it");
        }

        @ParameterizedTest
        @ValueSource(strings = {"prompts/get", "resources/read"})
        void areDecidedInEveryResultThatMayHoldThem(String method) {
            PolicyBench bench = bench("modern", "prompts: *, resources: *")
                    .answering(method, asking("{\"k\":{\"method\":\"roots/list\"}}"));

            Reply reply = bench.ask(method, "{\"name\":\"a\",\"uri\":\"mem://a\"}");

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
        }

        @Test
        void areRefusedTogetherWhenOneIs() {
            PolicyBench bench = bench("modern", "tools: *, methods: roots/list")
                    .answering(
                            "tools/call",
                            asking("{\"a\":{\"method\":\"roots/list\"},\"b\":{\"method\":\"elicitation/create\"}}"));

            assertThat(failure(bench.ask("tools/call", "{\"name\":\"search\"}")).kind())
                    .isEqualTo(ErrorCode.INPUT_REFUSED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{\"k\":{\"params\":{}}}", "{\"k\":7}", "[{\"method\":\"roots/list\"}]", "\"roots/list\""})
        void areRefusedWhenTheyAreNoRequests(String requests) {
            PolicyBench bench = bench("modern", EVERYTHING).answering("tools/call", asking(requests));

            assertThat(failure(bench.ask("tools/call", "{\"name\":\"search\"}")).kind())
                    .isEqualTo(ErrorCode.INPUT_REFUSED);
        }

        @Test
        void passWhenThereIsOnlyAState() {
            PolicyBench bench = bench("modern", "tools: *")
                    .answering("tools/call", "{\"resultType\":\"input_required\",\"requestState\":\"s\"}");

            assertThat(bench.ask("tools/call", "{\"name\":\"search\"}")).isInstanceOf(Reply.InputRequired.class);
        }

        @Test
        void areShownToTheHostsGuards() {
            List<String> shown = new ArrayList<>();
            Interceptor guard = Interceptor.guard(call -> {
                shown.add(call.method() + " " + call.direction());
                return Optional.empty();
            });
            PolicyBench bench = bench("modern", EVERYTHING, builder -> builder.intercept("Guard", guard))
                    .withTasks();
            shown.clear();
            bench.answering("tools/call", asking("{\"k\":{\"method\":\"roots/list\"}}"))
                    .answering("tasks/get", "{\"inputRequests\":{\"k\":{\"method\":\"elicitation/create\"}}}");

            bench.ask("tools/call", "{\"name\":\"search\"}");
            bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");

            assertThat(shown)
                    .containsExactly(
                            "tools/call TO_SERVER",
                            "roots/list TO_CLIENT",
                            "tasks/get TO_SERVER",
                            "elicitation/create TO_CLIENT");
        }

        @Test
        void areDecidedInATaskToo() {
            PolicyBench bench = bench("modern", "tools: *").withTasks();
            String asking = "{\"taskId\":\"s-task\",\"inputRequests\":{\"k\":{\"method\":\"elicitation/create\"}}}";
            bench.answering("tasks/get", asking);

            Reply polled = bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");
            Reply told = bench.send(Way.SERVER_TELLS, "notifications/tasks", json(asking));

            assertThat(failure(polled).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
            assertThat(failure(told).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
            assertThat(bench.session().delivered()).isEmpty();
        }
    }

    @Nested
    class ASubscription {
        private static final String ALL = "{\"notifications\":{\"toolsListChanged\":true, \"promptsListChanged\":true,"
                + "\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"mem://a\", \"mem://b\"],"
                + "\"taskIds\":[\"s-task\",\"another\"],\"vendorEvents\":[1]},\"_meta\":{\"x\":1.0}}";

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                tools: *                  | "toolsListChanged":true,"taskIds":["s-task"]
                prompts: *                | "promptsListChanged":true
                templates: *              | "resourcesListChanged":true
                resources: mem://b        | "resourcesListChanged":true,"resourceSubscriptions":["mem://b"]
                tools: other, methods: subscriptions/listen/vendor* | "toolsListChanged":true,"vendorEvents":[1]
                tools: search !methods: tools/list, methods: tasks/* | ''
                """)
        void asksTheServerOnlyForWhatTheRoleLeaves(String rules, String left) {
            PolicyBench bench = bench("modern", rules).withTasks();

            bench.ask("subscriptions/listen", ALL);

            String received = bench.received("subscriptions/listen");
            assertThat(received.replace(", \"", ",\"").replace("{ ", "{"))
                    .isEqualTo("{\"notifications\":{" + left + "},\"_meta\":{\"x\":1.0}}");
        }

        @Test
        void cutsWhatCannotBeRead() {
            PolicyBench bench = bench("modern", EVERYTHING);

            bench.ask(
                    "subscriptions/listen",
                    "{\"notifications\":{\"resourceSubscriptions\":\"mem://a\",\"taskIds\":[7],\"toolsListChanged\":true}}");
            Reply reply = bench.ask("subscriptions/listen", "{\"notifications\":[\"toolsListChanged\"]}");

            assertThat(bench.received("subscriptions/listen"))
                    .isEqualTo("{\"notifications\":{\"toolsListChanged\":true}}");
            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.INVALID_PARAMS);
        }

        @Test
        void hasNoDeadlineAndEverythingElseHas() {
            List<String> bounded = new ArrayList<>();
            PolicyBench bench = bench(
                    "modern",
                    EVERYTHING,
                    builder -> builder.intercept("Look", (call, chain) -> {
                        call.timeLeft().ifPresent(left -> bounded.add(call.method()));
                        return chain.proceed(call);
                    }));
            PolicyBench legacy = bench(
                    "legacy",
                    EVERYTHING,
                    builder -> builder.intercept("Look", (call, chain) -> {
                        call.timeLeft().ifPresent(left -> bounded.add("legacy " + call.method()));
                        return chain.proceed(call);
                    }));

            bench.ask("subscriptions/listen", "{\"notifications\":{}}");
            bench.ask("tools/call", "{\"name\":\"search\"}");
            legacy.ask("subscriptions/listen", "{\"notifications\":{}}");

            assertThat(bounded).containsExactly("tools/call", "legacy subscriptions/listen");
        }

        @Test
        void endsAtOnceWhenTheGatewayCloses() throws Exception {
            CompletableFuture<Reply> open = new CompletableFuture<>();
            PolicyBench bench = bench(
                    "modern",
                    EVERYTHING,
                    builder -> builder.drain(Duration.ofHours(1)).intercept("Wait", (call, chain) -> {
                        call.cancellation().onCancel(() -> open.complete(Reply.complete(Payload.empty())));
                        return open;
                    }));
            Call listen = Call.request(
                    RequestId.of(1), "subscriptions/listen", json("{\"notifications\":{}}"), bench.session());
            CompletableFuture<Reply> reply = bench.handle(ALICE, listen).toCompletableFuture();

            CompletableFuture.runAsync(bench.gateway()::close).get(10, TimeUnit.SECONDS);

            assertThat(reply).isCompleted();
        }
    }

    @Nested
    class ATask {
        @ParameterizedTest
        @ValueSource(strings = {"legacy", "modern"})
        void isUnknownToEverybodyElse(String era) {
            PolicyBench bench = bench(era, "tools: *").withTasks();
            Call get = Call.request(
                    RequestId.of(1), "tasks/get", json("{\"taskId\":\"s-task\", $declared}"), bench.session());

            Reply another = PolicyBench.join(bench.handle(Principal.of("bob", "hers"), get));
            Reply nobodys = bench.ask("tasks/get", "{\"taskId\":\"made up\", $declared}");

            assertThat(another).isEqualTo(nobodys).isEqualTo(Reply.Failure.received(-32602, "Unknown task", null));
            assertThat(bench.arrived(Way.CLIENT_ASKS, "tasks/get")).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"modern, tasks/get, -32021", "modern, tasks/result, -32601", "legacy, tasks/update, -32601"})
        void isAskedAboutOnlyAsItsRevisionHasIt(String era, String method, int code) {
            PolicyBench bench = bench(era, "tools: *");

            assertThat(failure(bench.ask(method, "{\"taskId\":\"made up\"}")).code())
                    .isEqualTo(code);
        }

        @Test
        void isTheOwnersAlsoInAnotherSession() {
            PolicyBench bench = bench("legacy", "tools: *").withTasks();
            Call get = Call.request(
                    RequestId.of(1), "tasks/get", json("{\"taskId\":\"s-task\"}"), RecordingSession.legacy("another"));

            assertThat(PolicyBench.join(bench.handle(ALICE, get))).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void tellsLaterStepsWhichToolItWasMadeFor() {
            List<Optional<TaskOrigin>> origins = new ArrayList<>();
            PolicyBench bench = bench(
                            "modern",
                            "tools: *",
                            builder -> builder.intercept("Look", (call, chain) -> {
                                if (call.method().contains("tasks")) {
                                    origins.add(TaskOrigin.of(call));
                                }
                                return chain.proceed(call);
                            }))
                    .withTasks();

            bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");
            bench.send(Way.SERVER_TELLS, "notifications/tasks", json("{\"taskId\":\"s-task\"}"));

            Optional<TaskOrigin> search = Optional.of(new TaskOrigin(Set.of(new Target(Target.Kind.TOOL, "search"))));
            assertThat(origins).containsExactly(search, search);
        }

        @Test
        void isListedToItsOwnerOnly() {
            PolicyBench bench = bench("legacy", "tools: *").withTasks();
            bench.answering(
                    "tasks/list",
                    "{\"tasks\":[{\"taskId\":\"other\"}, {\"taskId\":\"s-task\",\"ttl\":1.0},{}],\"nextCursor\":\"c\"}");

            assertThat(result(bench.ask("tasks/list", "{}")))
                    .isEqualTo("{\"tasks\":[{\"taskId\":\"s-task\",\"ttl\":1.0}],\"nextCursor\":\"c\"}");
        }

        @Test
        void isClosedWithEachOfTheToolsThatShareItsId() {
            PolicyBench bench = bench("modern", "tools: * !tools: later").withTasks();
            bench.answering("tools/call", "{\"resultType\":\"task\",\"taskId\":\"s-task\"}");
            assertThat(bench.ask("tools/call", "{\"name\":\"fetch\"}")).isInstanceOf(Reply.Complete.class);

            assertThat(bench.ask("tasks/get", "{\"taskId\":\"s-task\"}")).isInstanceOf(Reply.Complete.class);
            PolicyBench narrower = bench("modern", "tools: search", builder -> builder.succeeding(bench.gateway()));

            assertThat(failure(narrower.ask("tasks/get", "{\"taskId\":\"s-task\", $declared}"))
                            .message())
                    .isEqualTo("Unknown task");
        }

        @Test
        void outlivesAReloadAndObeysTheNewRules() {
            PolicyBench before = bench("legacy", "tools: *").withTasks();
            PolicyBench same = bench("legacy", "tools: *", builder -> builder.succeeding(before.gateway()));
            PolicyBench closed =
                    bench("legacy", "tools: * !tools: search", builder -> builder.succeeding(before.gateway()));

            assertThat(same.ask("tasks/result", "{\"taskId\":\"s-task\"}")).isInstanceOf(Reply.Complete.class);
            assertThat(failure(closed.ask("tasks/result", "{\"taskId\":\"s-task\"}"))
                            .message())
                    .isEqualTo("Unknown task");
            assertThat(closed.lastEvent().reason()).isEqualTo("role hers denies tool search");
        }
    }

    @Nested
    class ACompletion {
        private static final String VALUES =
                "{\"completion\":{\"values\":[\"a\", \"se cret\"],\"total\":2,\"hasMore\":false}}";

        private Reply complete(String rules, String template, String argument, String context) {
            return bench("legacy", rules)
                    .answering("completion/complete", VALUES)
                    .ask(
                            "completion/complete",
                            "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"" + template
                                    + "\"},\"argument\":{\"name\":\"" + argument
                                    + "\",\"value\":\"\"},\"context\":{\"arguments\":" + context + "}}");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                mem://{id}       | id | {}                | mem://a
                mem://{id}       | id | {}                | mem://* !resources: mem://se%20cret
                mem://{+id}      | id | {}                | mem://* !resources: mem://se cret
                crm://{t}/{id}   | id | {"t":"acme"}      | crm://acme/a*
                crm://{t}/{id}   | t  | {}                | crm://a/*
                """)
        void showsNoValueThatNamesAHiddenResource(String template, String argument, String context, String resources) {
            Reply reply = complete("templates: *, resources: " + resources, template, argument, context);

            assertThat(result(reply)).isEqualTo("{\"completion\":{\"values\":[\"a\"],\"hasMore\":false}}");
        }

        @Test
        void isLeftAloneWhenNothingIsHidden() {
            assertThat(result(complete("templates: *, resources: mem://*", "mem://{id}", "id", "{}")))
                    .isEqualTo(VALUES);
        }

        @ParameterizedTest
        @CsvSource({"mem://{/id*}, id", "mem://{id}, other"})
        void showsNothingToWhomNotTheWholeTemplateIsOpenWhenAValueHasNoPlaceInIt(String template, String argument) {
            assertThat(result(complete("templates: *, resources: mem://a", template, argument, "{}")))
                    .isEqualTo("{\"completion\":{\"values\":[],\"hasMore\":false}}");
            assertThat(result(complete("templates: *, resources: mem://*", template, argument, "{}")))
                    .isEqualTo(VALUES);
        }

        @Test
        void isNotPassedOnWhenItCannotBeFiltered() {
            PolicyBench bench =
                    bench("legacy", EVERYTHING).answering("completion/complete", "{\"completion\":[\"a\"]}");

            Reply reply =
                    bench.ask("completion/complete", "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"mem://{id}\"}}");

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
        }

        @Test
        void ofAPromptIsThePromptsBusiness() {
            Reply reply = bench("legacy", "prompts: greet")
                    .answering("completion/complete", VALUES)
                    .ask("completion/complete", "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"greet\"}}");

            assertThat(result(reply)).isEqualTo(VALUES);
        }
    }
}
