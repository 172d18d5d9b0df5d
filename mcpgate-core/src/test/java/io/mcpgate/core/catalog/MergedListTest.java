package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.answering;
import static io.mcpgate.core.catalog.Catalog.done;
import static io.mcpgate.core.catalog.Catalog.failure;
import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.Unwritable;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists of several servers as one, a page at a time. */
class MergedListTest {
    private static final String TOOL = "{ 'name' : '%s', 'inputSchema':{'type':'object','properties':{'name':"
            + "{'const':1.0,'$ref':'#/x'}}} ,'_meta':{'ui':{'resourceUri':'%s'},'n':1e2}}";

    private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Catalog catalog =
            new Catalog(builder -> builder.clock(((InstantSource) () -> now).withZone(ZoneOffset.UTC)));
    private final RecordingSession legacy = RecordingSession.legacy("s-1");
    private final RecordingSession modern = RecordingSession.modern("m-1");

    @AfterEach
    void close() {
        catalog.close();
    }

    /** A server of three pages, whose cursors need quoting. */
    private static void paged(ScriptedUpstream server, String method, String member, String key) {
        server.when(call -> {
            if (!call.method().equals(method)) {
                return null;
            }
            int page = call.params()
                    .string("cursor")
                    .map(cursor -> cursor.charAt(cursor.length() - 1) - '0')
                    .orElse(1);
            String next = page == 3 ? "" : ",'nextCursor':'" + server.name() + "\\\\\\u00e9\\'" + (page + 1) + "'";
            return done(Reply.complete(payload("{'" + member + "':[{'" + key + "':'e" + page + "'}]" + next + "}")));
        });
    }

    private static String cursor(Reply page) {
        return ((Reply.Complete) page).result().string("nextCursor").orElseThrow();
    }

    private static String at(String cursor) {
        return "{'cursor':'" + cursor + "'}";
    }

    @Test
    void renamesEntriesAndLeavesTheirSchemasByteForByte() {
        catalog.crm.when(answering(
                "tools/list", "{'tools':[" + TOOL.formatted("search", "ui://v") + " , {'name':'b'}], 'x':1}"));
        catalog.files.when(answering("tools/list", "{'tools':[]}"));

        assertThat(result(catalog.ask(legacy, "tools/list", "{}")))
                .isEqualTo("{'tools':[" + TOOL.formatted("crm__search", "ui://crm+v") + ",{'name':'crm__b'}]}");
        assertThat(result(catalog.ask(modern, "tools/list", "{}")))
                .endsWith(",'resultType':'complete','ttlMs':0,'cacheScope':'private'}");
    }

    @Test
    void takesASchemaThatIsDeeperThanWhatClientsMaySend() {
        String deep = "{'x':".repeat(20) + "1" + "}".repeat(20);
        try (Catalog narrow = new Catalog(builder -> builder.json(new JsonLimits(4 << 20, 8, 1_024, 1_000, 10_000)))) {
            narrow.crm.when(answering("tools/list", "{'tools':[{'name':'a','inputSchema':" + deep + "}]}"));

            narrow.files.when(answering("tools/list", "{'tools':[]}"));

            assertThat(result(narrow.ask(legacy, "tools/list", "{}")))
                    .isEqualTo("{'tools':[{'name':'crm__a','inputSchema':" + deep + "}]}");
        }
    }

    @Test
    void leavesOutAServerWhoseListIsNoJson() {
        catalog.crm.when(call -> done(Reply.complete(Unwritable.whole())));
        catalog.files.when(answering("tools/list", "{'tools':[{'name':'read'}]}"));

        assertThat(result(catalog.ask(legacy, "tools/list", "{}")))
                .isEqualTo("{'tools':[{'name':'files__read'}],'_meta':{'io.mcpgate/unavailable':['crm']}}");
    }

    @Test
    void asksEachServerForOnePageAndGoesOnWhereEachOfThemWas() {
        paged(catalog.crm, "resources/list", "resources", "uri");
        catalog.files.when(answering("resources/list", "{'resources':[{'uri':'only'}]}"));

        Reply first = catalog.ask(legacy, "resources/list", "{'_meta':{'progressToken':1,'x':'y'}}");
        Reply second = catalog.ask(legacy, "resources/list", at(cursor(first)));
        Reply third = catalog.ask(legacy, "resources/list", at(cursor(second)));

        assertThat(result(first)).startsWith("{'resources':[{'uri':'crm+e1'},{'uri':'files+only'}],'nextCursor':");
        assertThat(result(second)).startsWith("{'resources':[{'uri':'crm+e2'}],'nextCursor':");
        assertThat(result(third)).isEqualTo("{'resources':[{'uri':'crm+e3'}]}");
        assertThat(catalog.files.received()).hasSize(1);
        assertThat(catalog.crm.received())
                .extracting(call -> Catalog.text(call.params()).replace('"', '\''))
                .containsExactly(
                        "{'_meta':{'x':'y'}}", "{'cursor':'crm\\\\\\u00e9\\'2'}", "{'cursor':'crm\\\\\\u00e9\\'3'}");
    }

    @Test
    void goesThroughEveryListInTheSameOrder() {
        catalog.withTasks(catalog.crm, "e1", "e2", "e3").withTasks(catalog.files, "e1", "e2", "e3");
        List<List<String>> lists = List.of(
                List.of("tools/list", "tools", "name", "crm__e", "files__e"),
                List.of("prompts/list", "prompts", "name", "crm__e", "files__e"),
                List.of("resources/templates/list", "resourceTemplates", "uriTemplate", "crm+e", "files+e"),
                List.of("tasks/list", "tasks", "taskId", "crm__e", "files__e"));
        for (List<String> list : lists) {
            paged(catalog.crm, list.get(0), list.get(1), list.get(2));
            paged(catalog.files, list.get(0), list.get(1), list.get(2));
            Reply page = catalog.ask(legacy, list.get(0), "{}");
            for (int number = 1; number <= 3; number++) {
                assertThat(result(page))
                        .startsWith("{'" + list.get(1) + "':[{'" + list.get(2) + "':'" + list.get(3) + number + "'},{'"
                                + list.get(2) + "':'" + list.get(4) + number + "'}]");
                page = number == 3 ? page : catalog.ask(legacy, list.get(0), at(cursor(page)));
            }
            assertThat(result(page)).doesNotContain("nextCursor");
        }
    }

    @Test
    void mayHaveAnEmptyPageInBetween() {
        catalog.crm.when(answering("tools/list", "{'tools':[],'nextCursor':''}"));
        catalog.files.when(answering("tools/list", "{'tools':[]}"));

        assertThat(result(catalog.ask(legacy, "tools/list", "{}"))).startsWith("{'tools':[],'nextCursor':'");
    }

    @Test
    void takesNoCursorThatItDidNotMakeForThisPrincipalAndList() {
        paged(catalog.crm, "tools/list", "tools", "name");
        String cursor = cursor(catalog.ask(legacy, "tools/list", "{}"));
        String changed = changed(cursor, 0);
        String otherSeal = changed(cursor, cursor.length() - 3);

        List<Reply> refused = new ArrayList<>();
        refused.add(catalog.ask(legacy, "tools/list", at(changed)));
        refused.add(catalog.ask(legacy, "tools/list", at(otherSeal)));
        refused.add(catalog.ask(legacy, "tools/list", at(cursor.substring(4))));
        refused.add(catalog.ask(legacy, "tools/list", at("2")));
        refused.add(catalog.ask(legacy, "tools/list", at("no base64 !")));
        refused.add(catalog.ask(legacy, "tools/list", at("")));
        refused.add(catalog.ask(legacy, "tools/list", at("A".repeat(Cursors.LENGTH_MAX + 4))));
        refused.add(catalog.ask(legacy, "tools/list", "{'cursor':7}"));
        refused.add(catalog.ask(legacy, "prompts/list", at(cursor)));
        refused.add(catalog.ask(Catalog.OTHER_ADMIN, legacy, "tools/list", at(cursor)));
        try (Catalog another = new Catalog()) {
            refused.add(another.ask(legacy, "tools/list", at(cursor)));
        }

        assertThat(refused).allSatisfy(reply -> {
            assertThat(failure(reply).code()).isEqualTo(-32602);
            assertThat(failure(reply).message()).contains("cursor is not valid");
        });
        assertThat(result(catalog.ask(legacy, "tools/list", at(cursor)))).contains("crm__e2");
    }

    private static String changed(String cursor, int at) {
        return cursor.substring(0, at) + (cursor.charAt(at) == 'A' ? 'B' : 'A') + cursor.substring(at + 1);
    }

    @Test
    void takesNoCursorThatIsTooOld() {
        paged(catalog.crm, "tools/list", "tools", "name");
        String cursor = cursor(catalog.ask(legacy, "tools/list", "{}"));

        now = now.plus(Cursors.LIFE);
        assertThat(result(catalog.ask(legacy, "tools/list", at(cursor)))).contains("crm__e2");
        now = now.plusMillis(1);
        assertThat(failure(catalog.ask(legacy, "tools/list", at(cursor))).code())
                .isEqualTo(-32602);
    }

    @Test
    void namesTheServerThatFailsOnALaterPageAndLeavesItOut() {
        paged(catalog.crm, "tools/list", "tools", "name");
        paged(catalog.files, "tools/list", "tools", "name");
        String cursor = cursor(catalog.ask(legacy, "tools/list", "{}"));
        catalog.crm.when(call -> done(Reply.failure(ErrorCode.UNAVAILABLE, "down")));

        Reply second = catalog.ask(legacy, "tools/list", at(cursor));
        assertThat(result(second))
                .startsWith("{'tools':[{'name':'files__e2'}],'nextCursor':'")
                .endsWith(",'_meta':{'io.mcpgate/unavailable':['crm']}}");

        assertThat(result(catalog.ask(legacy, "tools/list", at(cursor(second)))))
                .isEqualTo("{'tools':[{'name':'files__e3'}]}");
    }

    @Test
    void cutsTheListOfAServerWhoseCursorIsTooLong() {
        catalog.crm.when(answering(
                "tools/list", "{'tools':[{'name':'a'}],'nextCursor':'" + "x".repeat(Cursors.LENGTH_MAX) + "'}"));
        paged(catalog.files, "tools/list", "tools", "name");

        Reply first = catalog.ask(legacy, "tools/list", "{}");

        assertThat(result(first)).endsWith(",'_meta':{'io.mcpgate/truncated':['crm']}}");
        assertThat(cursor(first)).hasSizeLessThanOrEqualTo(Cursors.LENGTH_MAX);
        assertThat(result(catalog.ask(legacy, "tools/list", at(cursor(first)))))
                .startsWith("{'tools':[{'name':'files__e2'}],'nextCursor':'");
    }

    @Test
    void holdsCursorsUpToItsWholeLength() {
        int most = Cursors.LENGTH_MAX / 4 * 3 - 32 - 10 - 2 - 3 - 4 - 2;
        catalog.files.when(answering("tools/list", "{'tools':[]}"));
        catalog.crm.when(answering("tools/list", "{'tools':[],'nextCursor':'" + "x".repeat(most) + "'}"));
        Reply page = catalog.ask(legacy, "tools/list", "{}");
        assertThat(cursor(page)).hasSize(Cursors.LENGTH_MAX);
        assertThat(result(catalog.ask(legacy, "tools/list", at(cursor(page))))).doesNotContain("_meta");

        catalog.crm.when(answering("tools/list", "{'tools':[],'nextCursor':'" + "x".repeat(most + 1) + "'}"));
        assertThat(result(catalog.ask(legacy, "tools/list", "{}")))
                .isEqualTo("{'tools':[],'_meta':{'io.mcpgate/truncated':['crm']}}");
    }

    @Test
    void showsNoMoreOfAServerThatThePrincipalMayNotEnterAnyLonger() {
        AtomicReference<String> allowed = new AtomicReference<>("*");
        try (Catalog changing = new Catalog(builder -> builder.policies(principal -> new RolePolicyStore(
                        List.of(Role.allowing("admin", Grant.everything(allowed.get()))))
                .policyFor(principal)))) {
            paged(changing.crm, "tools/list", "tools", "name");
            paged(changing.files, "tools/list", "tools", "name");
            String cursor = cursor(changing.ask(legacy, "tools/list", "{}"));

            allowed.set("crm");

            assertThat(result(changing.ask(legacy, "tools/list", at(cursor))))
                    .startsWith("{'tools':[{'name':'crm__e2'}],'nextCursor':")
                    .doesNotContain("_meta");
            assertThat(changing.files.received()).hasSize(1);
        }
    }

    @Test
    void isEmptyWhereNoServerHasSuchThingsButTasksAreThenUnknown() {
        for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
            server.when(call -> done(Reply.Failure.received(-32601, "Method not found", null)));
        }

        assertThat(result(catalog.ask(legacy, "prompts/list", "{}"))).isEqualTo("{'prompts':[]}");
        assertThat(failure(catalog.ask(legacy, "tasks/list", "{}")).code()).isEqualTo(-32601);
        assertThat(failure(catalog.ask(modern, "tasks/list", "{}")).code()).isEqualTo(-32601);
    }

    @Test
    void tellsASlowServerThatNobodyWaitsAnyMoreAndOnlyThatOne() {
        try (Catalog hurried = new Catalog(builder -> builder.catalogPatience(Duration.ofMillis(50)))) {
            hurried.files.when(call -> new CompletableFuture<>());

            assertThat(result(hurried.ask(legacy, "tools/list", "{}")))
                    .endsWith("{'io.mcpgate/unavailable':['files']}}");

            Call late = hurried.files.received().get(0);
            Awaitility.await().until(() -> late.cancellation().isCancelled());
            assertThat(hurried.crm.received().get(0).cancellation().isCancelled())
                    .isFalse();
        }
    }
}
