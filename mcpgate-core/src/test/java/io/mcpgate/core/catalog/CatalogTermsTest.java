package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.answering;
import static io.mcpgate.core.catalog.Catalog.done;
import static io.mcpgate.core.catalog.Catalog.failure;
import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.received;
import static io.mcpgate.core.catalog.Catalog.result;
import static io.mcpgate.core.catalog.Catalog.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Names, URIs and task ids on their way through the catalog; every other byte stays. */
class CatalogTermsTest {
    private final Catalog catalog = new Catalog();
    private final RecordingSession legacy = RecordingSession.legacy("s-1");
    private final RecordingSession modern = RecordingSession.modern("m-1");

    @AfterEach
    void close() {
        catalog.close();
    }

    /** Its server's limits hold for it and not those of clients, of which it knows nothing. */
    @Test
    void aResultThatIsLargerThanWhatClientsMaySendIsTakenAsItIs() throws MalformedMessage {
        String text = "x".repeat(5 << 20);
        JsonReader wide = new JsonReader(JsonLimits.DEFAULT.withMessageBytes(16 << 20));
        String result = "{\"content\":[{\"type\":\"text\",\"text\":\"" + text
                + "\"},{\"type\":\"resource_link\",\"uri\":\"%s\"}]}";
        Payload large = wide.payload(result.formatted("mem://a").getBytes(StandardCharsets.UTF_8));
        catalog.crm.when(call -> done(Reply.complete(large)));

        Reply reply = catalog.ask(legacy, "tools/call", "{'name':'crm__search'}");

        assertThat(text(((Reply.Complete) reply).result())).isEqualTo(result.formatted("crm+mem://a"));
    }

    @Nested
    class AResult {
        static Stream<Arguments> results() {
            return Stream.of(
                    Arguments.of(
                            "tools/call",
                            "{'name':'crm__search'}",
                            "{ 'content' : [ {'type':'text','text':'mem://a','_meta':{'uri':'mem://a'}},"
                                    + " {'type':'resource_link','uri': 'mem://a' ,'name':'a'},"
                                    + "{'type':'resource','resource':{'uri':'mem://b','text':'x','n':1.0}}],\n"
                                    + "'structuredContent':{'uri':'mem://a','content':[{'uri':'mem://a'}],'d':1e2},"
                                    + "'_meta':{'ui':{'resourceUri':'ui://view','x':'ui://view'}}}",
                            "{ 'content' : [ {'type':'text','text':'mem://a','_meta':{'uri':'mem://a'}},"
                                    + " {'type':'resource_link','uri': 'crm+mem://a' ,'name':'a'},"
                                    + "{'type':'resource','resource':{'uri':'crm+mem://b','text':'x','n':1.0}}],\n"
                                    + "'structuredContent':{'uri':'mem://a','content':[{'uri':'mem://a'}],'d':1e2},"
                                    + "'_meta':{'ui':{'resourceUri':'ui://crm+view','x':'ui://view'}}}"),
                    Arguments.of(
                            "tools/call",
                            "{'name':'crm__search'}",
                            "{'content':[],'taskId':'no id, for this is no task'}",
                            "{'content':[],'taskId':'no id, for this is no task'}"),
                    Arguments.of(
                            "prompts/get",
                            "{'name':'crm__greet'}",
                            "{'messages':[{'role':'user','content':{'type':'resource','resource':{'uri':'mem://a'},"
                                    + "'annotations':{'uri':'mem://a'}}},{'role':'user','content':"
                                    + "{'type':'resource_link','uri':'mem://b','_meta':{'uri':'mem://b'}}},"
                                    + "{'role':'user','content':[{'type':'resource_link','uri':'mem://c'},"
                                    + "{'type':'resource','resource':{'uri':'mem://d'}},{'type':'text','text':'é'}]}]}",
                            "{'messages':[{'role':'user','content':{'type':'resource','resource':{'uri':'crm+mem://a'},"
                                    + "'annotations':{'uri':'mem://a'}}},{'role':'user','content':"
                                    + "{'type':'resource_link','uri':'crm+mem://b','_meta':{'uri':'mem://b'}}},"
                                    + "{'role':'user','content':[{'type':'resource_link','uri':'crm+mem://c'},"
                                    + "{'type':'resource','resource':{'uri':'crm+mem://d'}},{'type':'text','text':'é'}]}]}"),
                    Arguments.of(
                            "resources/read",
                            "{'uri':'crm+mem://a'}",
                            "{ 'contents':[{'uri':'mem://a','text':'\\u00e9','_meta':{'uri':'mem://a'}},{'uri':'mem://a/1'}],"
                                    + "'ttlMs': 1.50 }",
                            "{ 'contents':[{'uri':'crm+mem://a','text':'\\u00e9','_meta':{'uri':'mem://a'}},"
                                    + "{'uri':'crm+mem://a/1'}],'ttlMs': 1.50 }"),
                    Arguments.of(
                            "completion/complete",
                            "{'ref':{'type':'ref/resource','uri':'crm+mem://{id}'},'argument':{'name':'id','value':'s'}}",
                            "{'completion':{'values':['search','mem://a'],'hasMore':false}}",
                            "{'completion':{'values':['search','mem://a'],'hasMore':false}}"));
        }

        @ParameterizedTest
        @MethodSource("results")
        void hasCatalogNamesWhereNamesStandAndIsOtherwiseUntouched(
                String method, String params, String result, String expected) {
            catalog.crm.when(answering(method, result));

            assertThat(result(catalog.ask(legacy, method, params))).isEqualTo(expected);
            assertThat(result(catalog.ask(modern, method, params))).isEqualTo(expected);
        }

        @Test
        void thatAsksForInputIsUntouched() {
            String asking = "{'resultType':'input_required','requestState':'crm__x mem://a','inputRequests':{'k':"
                    + "{'method':'sampling/createMessage','params':{'tools':[{'name':'search','inputSchema':{}}],"
                    + "'messages':[{'role':'user','content':[{'type':'tool_use','name':'search'},"
                    + "{'type':'tool_result','content':[{'type':'resource_link','uri':'mem://a'}]}]}]}},"
                    + "'e':{'method':'elicitation/create','params':{'message':'search mem://a?'}}}}";
            catalog.crm.when(call -> done(new Reply.InputRequired(payload(asking))));

            assertThat(result(catalog.ask(modern, "tools/call", "{'name':'crm__search'}")))
                    .isEqualTo(asking);

            String answers = "'requestState':'crm__x mem://a','inputResponses':{'k':{'name':'crm__search'}}";
            catalog.ask(modern, "tools/call", "{'name':'crm__search', " + answers + "}");
            assertThat(received(catalog.crm)).isEqualTo("{'name':'search', " + answers + "}");
        }
    }

    @Nested
    class AnError {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "tools/call | {'name':'crm__search'} | Tool search not found; see research | "
                            + "Tool crm__search not found; see research",
                    "tools/call | {'name':'crm__search'} | Unknown tool: search. | Unknown tool: crm__search.",
                    "resources/read | {'uri':'crm+mem://a'} | Not found: mem://a | Not found: crm+mem://a",
                    "resources/read | {'uri':'crm+mem://a'} | Not found: mem://a/b | Not found: mem://a/b",
                    "tasks/get | {'taskId':'crm__t1'} | No task t1 | No task crm__t1",
                })
        void ofAServerSaysTheNameBackAsTheCatalogHasIt(String method, String params, String message, String expected) {
            catalog.withTasks(catalog.crm, "t1");
            catalog.crm.when(call -> done(Reply.Failure.received(-32602, message, null)));

            assertThat(failure(catalog.ask(legacy, method, params)).message()).isEqualTo(expected);
        }

        @Test
        void ofAServerNamesTheResourceInItsDataAsTheCatalogDoes() {
            catalog.crm.when(call ->
                    done(Reply.Failure.received(-32002, "Resource not found", payload("{ 'uri':'mem://a','n':1.0 }"))));

            Reply.Failure failure = failure(catalog.ask(legacy, "resources/read", "{'uri':'crm+mem://a'}"));

            assertThat(failure.code()).isEqualTo(-32002);
            assertThat(text(failure.data())).isEqualTo("{ \"uri\":\"crm+mem://a\",\"n\":1.0 }");
        }

        @Test
        void ofAServerMayHaveDataThatIsNoObject() {
            catalog.crm.when(call -> done(Reply.Failure.received(-1, "no", payload("['uri']"))));

            assertThat(text(failure(catalog.ask(legacy, "tools/call", "{'name':'crm__search'}"))
                            .data()))
                    .isEqualTo("[\"uri\"]");
        }

        @Test
        void aboutATaskOfAHiddenServerIsThatOfNoServer() {
            Reply hidden = catalog.ask(Catalog.SUPPORT, legacy, "tasks/get", "{'taskId':'files__1'}");
            Reply absent = catalog.ask(Catalog.SUPPORT, legacy, "tasks/get", "{'taskId':'nowhere__1'}");

            assertThat(hidden).isEqualTo(absent);
            assertThat(failure(hidden).message()).isEqualTo("Unknown task");
            assertThat(catalog.files.received()).isEmpty();
        }
    }

    @Nested
    class ACallOfTheClient {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "tools/call | { 'name' : 'crm__search', 'arguments':{'name':'crm__search','n':1.0}} | "
                            + "{ 'name' : 'search', 'arguments':{'name':'crm__search','n':1.0}}",
                    "prompts/get | {'name':'crm__greet','arguments':{}} | {'name':'greet','arguments':{}}",
                    "resources/read | {'uri':'crm+mem://a'} | {'uri':'mem://a'}",
                    "resources/read | {'uri':'ui://crm+view'} | {'uri':'ui://view'}",
                    "resources/subscribe | {'uri':'crm+mem://a'} | {'uri':'mem://a'}",
                    "resources/unsubscribe | {'uri':'crm+mem://a'} | {'uri':'mem://a'}",
                    "completion/complete | {'ref':{'type':'ref/prompt','name':'crm__p'},'argument':{'name':'crm__p'}} | "
                            + "{'ref':{'type':'ref/prompt','name':'p'},'argument':{'name':'crm__p'}}",
                    "completion/complete | {'ref':{'type':'ref/resource','uri':'crm+mem://{id}'}} | "
                            + "{'ref':{'type':'ref/resource','uri':'mem://{id}'}}",
                    "tasks/get | {'taskId':'crm__1'} | {'taskId':'1'}",
                    "tasks/result | {'taskId':'crm__1'} | {'taskId':'1'}",
                    "tasks/cancel | {'taskId':'crm__1'} | {'taskId':'1'}",
                    "tasks/update | {'taskId':'crm__1','inputResponses':{'taskId':'crm__1'}} | "
                            + "{'taskId':'1','inputResponses':{'taskId':'crm__1'}}",
                    "tools/call | {'name':'crm__a','_meta':{'io.modelcontextprotocol/related-task':{'taskId':'crm__1'}}}"
                            + " | {'name':'a','_meta':{'io.modelcontextprotocol/related-task':{'taskId':'1'}}}",
                })
        void reachesItsServerInTheServersWordsAndIsOtherwiseUntouched(String method, String params, String expected) {
            catalog.withTasks(catalog.crm, "1");
            catalog.crm.when(call -> done(Reply.complete(payload("{}"))));

            catalog.ask(legacy, method, params);

            assertThat(received(catalog.crm)).isEqualTo(expected);
            assertThat(catalog.files.received()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"a__b", "__", "files__read", "crm__crm__x", "''", "ünï cödé", "search\\n\\t\\u0001", "a'b", "-", "+"
        })
        void finds(String strange) {
            String name = strange == null ? "" : strange;
            catalog.crm.when(call -> done(Reply.complete(payload("{'content':[]}"))));

            catalog.ask(legacy, "tools/call", "{'name':'crm__" + name.replace("'", "\\'") + "'}");

            assertThat(received(catalog.crm)).isEqualTo("{'name':'" + name.replace("'", "\\'") + "'}");
        }

        @ParameterizedTest
        @CsvSource({
            "crm+mem://a, mem://a",
            "crm+crm+mem://a, crm+mem://a",
            "crm+{+base}/x, {+base}/x",
            "crm+, ''",
            "ui://crm+crm+v, ui://crm+v",
            "crm+x y, x y"
        })
        void findsStrangeUris(String uri, String own) {
            catalog.ask(legacy, "resources/read", "{'uri':'" + uri + "'}");

            assertThat(received(catalog.crm)).isEqualTo("{'uri':'" + own + "'}");
            assertThat(CatalogNames.ofUri("crm", own)).isEqualTo(uri);
        }

        @Test
        void thatNamesNothingOfTheCatalogReachesNoServer() {
            for (String params : List.of("{'name':'search'}", "{'name':'nowhere__search'}", "{'name':'__search'}")) {
                assertThat(failure(catalog.ask(legacy, "tools/call", params)).code())
                        .isEqualTo(-32602);
            }
            assertThat(failure(catalog.ask(legacy, "tasks/get", "{'taskId':'1'}"))
                            .code())
                    .isEqualTo(-32602);
            assertThat(failure(catalog.ask(legacy, "resources/read", "{'uri':'ui://view'}"))
                            .code())
                    .isEqualTo(-32602);
            assertThat(catalog.crm.received()).isEmpty();
        }
    }

    @Nested
    class ATask {
        private static final String LEGACY_TASK = "{'task':{'taskId':'t1','status':'working','ttl':60000}}";
        private static final String MODERN_TASK =
                "{ 'resultType':'task', 'taskId':'t1','status':'working','ttlMs':60000 }";

        @Test
        void isHandedOutUnderACatalogIdInBothEras() {
            catalog.crm.when(answering("tools/call", LEGACY_TASK));
            assertThat(result(catalog.ask(legacy, "tools/call", "{'name':'crm__search','task':{}}")))
                    .isEqualTo(LEGACY_TASK.replace("t1", "crm__t1"));

            catalog.crm.when(answering("tools/call", MODERN_TASK));
            assertThat(result(catalog.ask(modern, "tools/call", "{'name':'crm__search'}")))
                    .isEqualTo(MODERN_TASK.replace("t1", "crm__t1"));
        }

        @Test
        void tellsItsStateUnderTheSameId() {
            catalog.withTasks(catalog.crm, "t1");
            String state = "{'taskId':'t1','status':'completed','result':{'content':[{'type':'resource_link',"
                    + "'uri':'mem://a'}],'structuredContent':{'taskId':'t1'}},'inputRequests':{'k':"
                    + "{'method':'elicitation/create','params':{'uri':'mem://a'}}}}";
            String expected = "{'taskId':'crm__t1','status':'completed','result':{'content':[{'type':'resource_link',"
                    + "'uri':'crm+mem://a'}],'structuredContent':{'taskId':'t1'}},'inputRequests':{'k':"
                    + "{'method':'elicitation/create','params':{'uri':'mem://a'}}}}";
            for (String method : List.of("tasks/get", "tasks/cancel")) {
                catalog.crm.when(answering(method, state));

                assertThat(result(catalog.ask(modern, method, "{'taskId':'crm__t1'}")))
                        .isEqualTo(expected);
            }
        }

        @Test
        void givesItsResultAsTheToolWould() {
            catalog.withTasks(catalog.crm, "t1");
            catalog.crm.when(answering(
                    "tasks/result",
                    "{'content':[{'type':'resource_link','uri':'mem://a'}],'_meta':"
                            + "{'io.modelcontextprotocol/related-task':{'taskId':'t1'}}}"));

            assertThat(result(catalog.ask(legacy, "tasks/result", "{'taskId':'crm__t1'}")))
                    .isEqualTo("{'content':[{'type':'resource_link','uri':'crm+mem://a'}],'_meta':"
                            + "{'io.modelcontextprotocol/related-task':{'taskId':'crm__t1'}}}");
        }

        @Test
        void ofTheClientKeepsTheClientsId() {
            String params = "{'taskId':'mine','_meta':{'io.modelcontextprotocol/related-task':{'taskId':'mine'}}}";
            String made = "{'task':{'taskId':'mine','status':'working','ttl':60000}}";
            String result = "{'taskId':'crm__mine','status':'working'}";
            legacy.answering(request -> Reply.complete(payload(request.method().equals("tasks/get") ? result : made)));
            catalog.crm.when(call -> call.session()
                    .deliver(call.requestToClient(RequestId.of(1), "elicitation/create", payload("{'task':{}}")))
                    .thenCompose(task -> call.session()
                            .deliver(call.requestToClient(RequestId.of(2), "tasks/get", payload(params)))));

            assertThat(result(catalog.ask(legacy, "tools/call", "{'name':'crm__search'}")))
                    .isEqualTo("{'taskId':'crm__mine','status':'working'}");
            assertThat(text(legacy.delivered().get(1).params()).replace('"', '\''))
                    .isEqualTo(params);
        }
    }

    @Nested
    class WhatAServerSaysByItself {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "notifications/resources/updated | {'uri':'mem://a','title':'mem://a'} | "
                            + "{'uri':'crm+mem://a','title':'mem://a'}",
                    "notifications/tasks/status | {'taskId':'t1','status':'working'} | {'taskId':'crm__t1','status':'working'}",
                    "notifications/tasks | {'taskId':'t1','result':{'content':[{'uri':'mem://a'}]}} | "
                            + "{'taskId':'crm__t1','result':{'content':[{'uri':'crm+mem://a'}]}}",
                    "notifications/message | {'level':'info','logger':'search','data':{'uri':'mem://a'}} | "
                            + "{'level':'info','logger':'search','data':{'uri':'mem://a'}}",
                    "notifications/progress | {'progressToken':'search','progress':1.0} | "
                            + "{'progressToken':'search','progress':1.0}",
                    "notifications/tools/list_changed | {} | {}",
                })
        void reachesTheClientInTheCatalogsWords(String method, String params, String expected) {
            catalog.withTasks(catalog.crm, "t1");
            catalog.crm.when(call -> call.session()
                    .deliver(call.notificationToClient(method, payload(params)))
                    .thenApply(told -> Reply.complete(payload("{}"))));

            catalog.ask(legacy, "tools/call", "{'name':'crm__search'}");

            assertThat(legacy.delivered()).singleElement().satisfies(told -> {
                assertThat(told.method()).isEqualTo(method);
                assertThat(text(told.params()).replace('"', '\'')).isEqualTo(expected);
                assertThat(told.session()).isSameAs(legacy);
            });
        }

        @Test
        void reachesTheClientOnItsGeneralStreamToo() {
            catalog.ask(legacy, "resources/subscribe", "{'uri':'files+mem://a'}");
            Call subscribe = catalog.files.received().get(0);
            catalog.ask(legacy, "tools/call", "{'name':'crm__search'}");
            Call called = catalog.crm.received().get(0);

            called.session()
                    .deliver(Call.unsolicited(
                            null,
                            "notifications/tools/list_changed",
                            payload("{}"),
                            called.session(),
                            called.principal(),
                            "crm"));
            subscribe
                    .session()
                    .deliver(Call.unsolicited(
                            null,
                            "notifications/resources/updated",
                            payload("{'uri':'mem://a'}"),
                            subscribe.session(),
                            subscribe.principal(),
                            "files"));

            assertThat(legacy.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed", "notifications/resources/updated");
            assertThat(legacy.delivered().get(1).target().name()).isEqualTo("files+mem://a");
        }

        @Test
        void mayAskTheClientDuringACallAndGetsItsAnswer() {
            String related = "'_meta':{'io.modelcontextprotocol/related-task':{'taskId':'%s'}}";
            for (String method : List.of("sampling/createMessage", "elicitation/create", "roots/list")) {
                RecordingSession client = RecordingSession.legacy("asked-by-" + method)
                        .answering(request -> Reply.complete(payload(
                                "{'action':'accept','uri':'crm+mem://a'," + related.formatted("crm__t1") + "}")));
                catalog.crm.when(call -> call.session()
                        .deliver(call.requestToClient(
                                RequestId.of(1),
                                method,
                                payload("{'tools':[{'name':'search'}]," + related.formatted("t1") + "}"))));

                Reply answer = catalog.ask(client, "tools/call", "{'name':'crm__search'}");

                assertThat(text(client.delivered().get(0).params()).replace('"', '\''))
                        .isEqualTo("{'tools':[{'name':'search'}]," + related.formatted("crm__t1") + "}");
                assertThat(client.delivered().get(0).parent().orElseThrow().id())
                        .contains(RequestId.of(7));
                // The server returned as its result what the client had answered, and that is renamed once more.
                assertThat(result(answer))
                        .isEqualTo("{'action':'accept','uri':'crm+mem://a'," + related.formatted("crm__t1") + "}");
            }
        }
    }

    @Nested
    class ACancellation {
        @Test
        void reachesTheServerOfTheCall() {
            catalog.files.when(call -> new CompletableFuture<>());
            Call call = Call.request(RequestId.of(1), "tools/call", payload("{'name':'files__read'}"), legacy);
            catalog.begin(Catalog.ADMIN, call);

            call.cancellation().cancel();

            assertThat(catalog.files.received().get(0).cancellation().isCancelled())
                    .isTrue();
        }
    }

    @Test
    void whatTheGatewayItselfAnswersIsLeftAlone() {
        catalog.crm.when(call -> done(Reply.failure(ErrorCode.UNAVAILABLE, "search is down")));

        Reply.Failure failure = failure(catalog.ask(legacy, "tools/call", "{'name':'crm__search'}"));

        assertThat(failure.message()).isEqualTo("search is down");
        assertThat(failure.kind()).isEqualTo(ErrorCode.UNAVAILABLE);
    }
}
