package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.answering;
import static io.mcpgate.core.catalog.Catalog.done;
import static io.mcpgate.core.catalog.Catalog.failure;
import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.received;
import static io.mcpgate.core.catalog.Catalog.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.policy.Rules;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy behind the merged catalog: each server's part is decided by itself, in the server's own names. */
class CatalogPolicyTest {
    private static final String EVERYTHING = "tools: *, prompts: *, resources: *, templates: *, methods: *";
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

    private static final Principal NARROW = Principal.of("admin", "on-crm", "on-files");
    private static final Principal WIDE = Principal.of("admin", "wide");

    private final List<Catalog> catalogs = new ArrayList<>();
    private final RecordingSession legacy = RecordingSession.legacy("s-1");
    private final RecordingSession modern = RecordingSession.modern("m-1");

    @AfterEach
    void close() {
        catalogs.forEach(Catalog::close);
    }

    /** A catalog where one principal, by id, may do this with its servers as NARROW, and everything as WIDE. */
    private Catalog catalog(String crm, String files) {
        return catalog(new RolePolicyStore(List.of(
                Rules.role("on-crm", "crm", crm),
                Rules.role("on-files", "files", files),
                Rules.role("wide", "*", EVERYTHING))));
    }

    private Catalog catalog(PolicyStore policies) {
        Catalog catalog = new Catalog(builder -> builder.policies(policies));
        catalogs.add(catalog);
        return catalog;
    }

    private static void makeTask(Catalog catalog, Call call, String id) {
        ScriptedUpstream server =
                call.server().isPresent() || !call.target().name().startsWith("files") ? catalog.crm : catalog.files;
        server.when(answering("tools/call", "{'task':{'taskId':'" + id + "','ttl':60000}}"));
        assertThat(Catalog.join(catalog.begin(WIDE, call))).isInstanceOf(Reply.Complete.class);
        server.when(ignored -> null).received().clear();
    }

    private Call calling(String tool) {
        return Call.request(RequestId.of(1), "tools/call", payload("{'name':'" + tool + "','task':{}}"), legacy);
    }

    @Nested
    class ATask {
        @ParameterizedTest
        @ValueSource(strings = {"tasks/get", "tasks/result", "tasks/cancel"})
        void ofADeniedToolIsUnknownThoughItsOwnerAsks(String method) {
            Catalog catalog = catalog("tools: * !tools: delete", EVERYTHING);
            makeTask(catalog, calling("crm__delete"), "t1");

            Reply denied = catalog.ask(NARROW, legacy, method, "{'taskId':'crm__t1'}");

            assertThat(denied)
                    .isEqualTo(catalog.ask(NARROW, legacy, method, "{'taskId':'crm__made-up'}"))
                    .isEqualTo(catalog.ask(NARROW, legacy, method, "{'taskId':'nowhere__t1'}"));
            assertThat(failure(denied).message()).isEqualTo("Unknown task");
            assertThat(catalog.crm.received()).isEmpty();

            catalog.ask(WIDE, legacy, method, "{'taskId':'crm__t1'}");
            assertThat(received(catalog.crm)).isEqualTo("{'taskId':'t1'}");
        }

        @Test
        void isOfTheServerThatMadeItAndNotOfAnotherThatMadeOneOfTheSameId() {
            Catalog catalog = catalog("tools: * !tools: delete", EVERYTHING);
            makeTask(catalog, calling("crm__delete"), "t1");

            assertThat(failure(catalog.ask(WIDE, legacy, "tasks/get", "{'taskId':'files__t1'}"))
                            .message())
                    .isEqualTo("Unknown task");

            makeTask(catalog, calling("files__read"), "t1");
            assertThat(result(catalog.ask(NARROW, legacy, "tasks/get", "{'taskId':'files__t1'}")))
                    .isEqualTo("{}");
            assertThat(failure(catalog.ask(NARROW, legacy, "tasks/get", "{'taskId':'crm__t1'}"))
                            .message())
                    .isEqualTo("Unknown task");
            assertThat(catalog.crm.received()).isEmpty();
        }

        @Test
        void madeAtTheServersOwnUrlIsTheSameTaskInTheCatalogAndTheOtherWayRound() {
            Catalog catalog = catalog(EVERYTHING, EVERYTHING);
            makeTask(catalog, calling("search").withServer("crm"), "t1");
            makeTask(catalog, calling("crm__search"), "t2");

            assertThat(result(catalog.ask(WIDE, legacy, "tasks/get", "{'taskId':'crm__t1'}")))
                    .isEqualTo("{}");
            Call direct = Call.request(RequestId.of(1), "tasks/get", payload("{'taskId':'t2'}"), legacy);
            assertThat(result(Catalog.join(catalog.begin(WIDE, direct.withServer("crm")))))
                    .isEqualTo("{}");
        }

        @Test
        void isListedIfItIsTheCallersOwnAndItsToolIsOpenServerByServer() {
            Catalog catalog = catalog("tools: * !tools: delete", EVERYTHING);
            makeTask(catalog, calling("crm__delete"), "t1");
            makeTask(catalog, calling("crm__search"), "t2");
            makeTask(catalog, calling("files__read"), "t1");
            for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
                server.when(answering(
                        "tasks/list", "{'tasks':[{'taskId':'t1'},{'taskId':'t2'},{'taskId':'somebody-elses'}]}"));
            }

            assertThat(result(catalog.ask(NARROW, legacy, "tasks/list", "{}")))
                    .isEqualTo("{'tasks':[{'taskId':'crm__t2'},{'taskId':'files__t1'}]}");
            assertThat(result(catalog.ask(Principal.of("other", "wide"), legacy, "tasks/list", "{}")))
                    .isEqualTo("{'tasks':[]}");
        }

        @Test
        void ofADeniedToolIsNotListenedToNorHeardOf() {
            Catalog catalog = catalog("tools: * !tools: delete", EVERYTHING);
            makeTask(catalog, calling("crm__delete"), "t1");
            makeTask(catalog, calling("crm__search"), "t2");
            catalog.crm.when(call -> new CompletableFuture<>());

            catalog.begin(
                    NARROW, modern, "subscriptions/listen", "{'notifications':{'taskIds':['crm__t1','crm__t2']}}");
            assertThat(received(catalog.crm)).isEqualTo("{'notifications':{'taskIds':['t2']}}");

            says(catalog.crm, ACKNOWLEDGED, "{'notifications':{'taskIds':['t2']}}");
            says(catalog.crm, "notifications/tasks", "{'taskId':'t1'}");
            says(catalog.crm, "notifications/tasks", "{'taskId':'t2'}");
            assertThat(modern.delivered())
                    .extracting(call -> call.params().string("taskId").orElse(""))
                    .containsExactly("", "crm__t2");
        }
    }

    private static void says(ScriptedUpstream server, String method, String params) {
        Call listen = server.received().get(0);
        listen.session().deliver(listen.notificationToClient(method, payload(params)));
    }

    @Nested
    class AListen {
        @Test
        void forAUriThatOneServerHidesIsAcknowledgedWithoutIt() {
            Catalog catalog = catalog("resources: * !resources: mem://secret", "resources: *");
            catalog.crm.when(call -> new CompletableFuture<>());
            catalog.files.when(call -> new CompletableFuture<>());

            catalog.begin(
                    NARROW,
                    modern,
                    "subscriptions/listen",
                    "{'notifications':{'toolsListChanged':true,'resourcesListChanged':true,'resourceSubscriptions':"
                            + "['crm+mem://a','crm+mem://secret','files+mem://secret']}}");
            assertThat(received(catalog.crm))
                    .isEqualTo("{'notifications':{'resourcesListChanged':true,'resourceSubscriptions':['mem://a']}}");
            assertThat(received(catalog.files))
                    .isEqualTo(
                            "{'notifications':{'resourcesListChanged':true,'resourceSubscriptions':['mem://secret']}}");

            says(catalog.crm, ACKNOWLEDGED, received(catalog.crm));
            says(catalog.files, ACKNOWLEDGED, received(catalog.files));
            assertThat(modern.delivered())
                    .singleElement()
                    .satisfies(acknowledged -> assertThat(
                                    acknowledged.params().members().get("notifications"))
                            .isEqualTo(Map.of(
                                    "resourcesListChanged",
                                    true,
                                    "resourceSubscriptions",
                                    List.of("crm+mem://a", "files+mem://secret"))));
        }

        @Test
        void passesNoNewsOfAUriThatItsServerHides() {
            Catalog catalog = catalog("resources: * !resources: mem://secret", "resources: *");
            catalog.crm.when(call -> new CompletableFuture<>());
            catalog.begin(
                    NARROW,
                    modern,
                    "subscriptions/listen",
                    "{'notifications':{'resourceSubscriptions':['crm+mem://a']}}");

            says(catalog.crm, ACKNOWLEDGED, "{'notifications':{'resourceSubscriptions':['mem://a']}}");
            says(catalog.crm, "notifications/resources/updated", "{'uri':'mem://secret'}");
            says(catalog.crm, "notifications/resources/updated", "{'uri':'mem://a'}");

            assertThat(modern.delivered())
                    .extracting(call -> call.params().string("uri").orElse(""))
                    .containsExactly("", "crm+mem://a");
        }

        @Test
        void atAServerThatAllowsNoneIsNoHindranceToTheOther() {
            Catalog catalog = catalog("tools: * !methods: subscriptions/*", "tools: *");
            catalog.files.when(call -> new CompletableFuture<>());
            catalog.begin(NARROW, modern, "subscriptions/listen", "{'notifications':{'toolsListChanged':true}}");

            says(catalog.files, ACKNOWLEDGED, received(catalog.files));

            assertThat(catalog.crm.received()).isEmpty();
            assertThat(modern.delivered()).extracting(Call::method).containsExactly(ACKNOWLEDGED);
        }
    }

    @Nested
    class TheIntroduction {
        private static final String ALL =
                "{'protocolVersion':'2025-11-25','capabilities':{'tools':{'listChanged':true},"
                        + "'prompts':{'listChanged':true},'resources':{'subscribe':true},'completions':{},'logging':{},"
                        + "'tasks':{'list':{}},'extensions':{'io.modelcontextprotocol/tasks':{}}}}";

        private Object offered(Catalog catalog, RecordingSession session, String method) {
            Reply reply = catalog.ask(NARROW, session, method, "{'capabilities':{}}");
            return ((Reply.Complete) reply).result().members().get("capabilities");
        }

        @Test
        void offersOfAServerWithOnlyPromptsToSeeOnlyItsPrompts() {
            Catalog catalog = catalog("-", "prompts: *");
            catalog.files.when(call -> done(Reply.complete(payload(ALL))));

            Map<String, Object> prompts =
                    Map.of("prompts", Map.of("listChanged", true), "completions", Map.of(), "logging", Map.of());
            assertThat(offered(catalog, legacy, "initialize"))
                    .asInstanceOf(MAP)
                    .containsAllEntriesOf(prompts)
                    .doesNotContainKeys("tools", "resources", "tasks");
            assertThat(offered(catalog, modern, "server/discover"))
                    .asInstanceOf(MAP)
                    .containsAllEntriesOf(prompts)
                    .doesNotContainKeys("tools", "resources");
            assertThat(catalog.crm.received()).isEmpty();
        }

        @Test
        void isTheUnionOfWhatEachServerMayOfferToThisPrincipal() {
            Catalog catalog = catalog("tools: search !methods: notifications/*", "prompts: *");
            catalog.crm.when(call -> done(Reply.complete(payload(ALL))));
            catalog.files.when(call -> done(Reply.complete(payload(ALL))));

            assertThat(offered(catalog, legacy, "initialize"))
                    .isEqualTo(Map.of(
                            "tools",
                            Map.of(),
                            "prompts",
                            Map.of("listChanged", true),
                            "completions",
                            Map.of(),
                            "logging",
                            Map.of(),
                            "tasks",
                            Map.of("list", Map.of()),
                            "extensions",
                            Map.of("io.modelcontextprotocol/tasks", Map.of())));
        }

        @Test
        void declaresToEachServerWhatItMayAskOfTheClient() {
            Catalog catalog = catalog("tools: *, methods: sampling/createMessage", "tools: *, methods: roots/list");

            catalog.ask(NARROW, legacy, "initialize", "{'capabilities':{'sampling':{},'roots':{},'elicitation':{}}}");

            assertThat(received(catalog.crm)).isEqualTo("{'capabilities':{'sampling':{}}}");
            assertThat(received(catalog.files)).isEqualTo("{'capabilities':{'roots':{}}}");
        }
    }

    @Nested
    class AList {
        @Test
        void isAskedOfTheServersWhereItIsForSomething() {
            Catalog catalog = catalog("tools: *", "prompts: greet");
            catalog.crm.when(answering("tools/list", "{'tools':[{'name':'search'}]}"));
            catalog.files.when(answering("prompts/list", "{'prompts':[{'name':'greet'},{'name':'plan'}]}"));

            assertThat(result(catalog.ask(NARROW, legacy, "tools/list", "{}")))
                    .isEqualTo("{'tools':[{'name':'crm__search'}]}");
            assertThat(result(catalog.ask(NARROW, legacy, "prompts/list", "{}")))
                    .isEqualTo("{'prompts':[{'name':'files__greet'}]}");
            assertThat(result(catalog.ask(NARROW, legacy, "resources/list", "{}")))
                    .isEqualTo("{'resources':[]}");
            assertThat(catalog.crm.receivedMethods()).containsExactly("tools/list");
            assertThat(catalog.files.receivedMethods())
                    .contains("prompts/list")
                    .doesNotContain("tools/list", "resources/list");
        }
    }

    @Nested
    class ACompletion {
        @Test
        void showsNoValueThatNamesAHiddenResourceOfItsServer() {
            Catalog catalog =
                    catalog("templates: *, resources: mem://* !resources: mem://secret", "templates: *, resources: *");
            for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
                server.when(answering(
                        "completion/complete", "{'completion':{'values':['a','secret'],'total':2,'hasMore':false}}"));
            }
            String params = "{'ref':{'type':'ref/resource','uri':'%s+mem://{id}'},'argument':{'name':'id','value':''}}";

            assertThat(result(catalog.ask(NARROW, legacy, "completion/complete", params.formatted("crm"))))
                    .isEqualTo("{'completion':{'values':['a'],'hasMore':false}}");
            assertThat(result(catalog.ask(NARROW, legacy, "completion/complete", params.formatted("files"))))
                    .isEqualTo("{'completion':{'values':['a','secret'],'total':2,'hasMore':false}}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tools/call, Params name nothing",
        "prompts/get, Params name nothing",
        "resources/read, Params name nothing",
        "completion/complete, Params name nothing",
        "tasks/get, Unknown task"
    })
    void aCallThatNamesNothingIsAnsweredAsItsServerUrlAnswersIt(String method, String message) {
        Catalog catalog = catalog("tools: *", "-");
        Call direct = Call.request(RequestId.of(1), method, payload("{'name':7}"), legacy);

        Reply reply = catalog.ask(NARROW, legacy, method, "{'name':7}");
        Reply atTheServersUrl = Catalog.join(catalog.begin(NARROW, direct.withServer("crm")));

        for (Reply.Failure failure : List.of(failure(reply), failure(atTheServersUrl))) {
            assertThat(failure.code()).isEqualTo(-32602);
            assertThat(failure.message()).isEqualTo(message);
        }
        assertThat(catalog.crm.received()).isEmpty();
    }

    @Test
    void policyNeverMeetsANameOfTheCatalog() {
        Queue<Access> asked = new ConcurrentLinkedQueue<>();
        Policy recording = access -> {
            asked.add(access);
            return Decision.allow("everything");
        };
        Catalog catalog = catalog(principal -> CompletableFuture.completedFuture(recording));
        makeTask(catalog, calling("crm__search"), "t1");
        catalog.crm.when(call -> call.session()
                .deliver(call.notificationToClient("notifications/resources/updated", payload("{'uri':'mem://a'}")))
                .thenApply(told -> Reply.complete(payload("{'tasks':[{'taskId':'t1'}],'tools':[{'name':'search'}],"
                        + "'resources':[{'uri':'mem://a'}],'resourceTemplates':[{'uriTemplate':'mem://{id}'}],"
                        + "'completion':{'values':['a']},'capabilities':{'tools':{}}}"))));

        List<List<String>> calls = List.of(
                List.of("initialize", "{}"),
                List.of("tools/list", "{}"),
                List.of("tasks/list", "{}"),
                List.of("resources/list", "{}"),
                List.of("resources/templates/list", "{}"),
                List.of("tools/call", "{'name':'crm__search'}"),
                List.of("prompts/get", "{'name':'crm__greet'}"),
                List.of("resources/read", "{'uri':'crm+mem://a'}"),
                List.of("resources/subscribe", "{'uri':'crm+mem://a'}"),
                List.of("tasks/get", "{'taskId':'crm__t1'}"),
                List.of(
                        "completion/complete",
                        "{'ref':{'type':'ref/resource','uri':'crm+mem://{id}'},'argument':{'name':'id','value':''}}"));
        calls.forEach(call -> catalog.ask(WIDE, legacy, call.get(0), call.get(1)));
        catalog.begin(
                WIDE,
                modern,
                "subscriptions/listen",
                "{'notifications':{'resourceSubscriptions':['crm+mem://a'],'taskIds':['crm__t1']}}");

        assertThat(asked)
                .extracting(access -> access.target().name())
                .contains("search", "greet", "mem://a", "mem://{id}")
                .noneMatch(name -> name.contains("crm") || name.contains("files"));
    }
}
