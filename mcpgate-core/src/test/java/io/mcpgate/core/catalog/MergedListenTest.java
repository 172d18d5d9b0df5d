package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.done;
import static io.mcpgate.core.catalog.Catalog.failure;
import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.result;
import static io.mcpgate.core.catalog.Catalog.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.protocol.ForwardingSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One listen of a client, and one at each server behind it. */
class MergedListenTest {
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final Catalog catalog = new Catalog(builder -> builder.audit(audit));
    private final RecordingSession client = RecordingSession.modern("m-1");
    private final Server crm = new Server(catalog.crm);
    private final Server files = new Server(catalog.files);

    @AfterEach
    void close() {
        catalog.close();
    }

    /** A server that listens until the test ends it. */
    private static final class Server {
        private final ScriptedUpstream upstream;
        private final CompletableFuture<Reply> end = new CompletableFuture<>();

        private Server(ScriptedUpstream upstream) {
            this.upstream = upstream;
            hold();
        }

        private void hold() {
            upstream.when(call -> {
                call.cancellation().onCancel(() -> end.complete(Reply.failure(ErrorCode.CANCELLED, "cancelled")));
                return end;
            });
        }

        private Call listen() {
            return upstream.received().get(0);
        }

        private String asked() {
            return text(listen().params()).replace('"', '\'');
        }

        private CompletionStage<Reply> tell(String method, String params) {
            Call listen = listen();
            return listen.session().deliver(listen.notificationToClient(method, payload(params)));
        }

        private void acknowledge(String subset) {
            tell(ACKNOWLEDGED, "{'notifications':" + subset + "}");
        }

        /** Before anybody's patience can be over, however busy the machine is. */
        private void acknowledgesAtOnce(String subset) {
            upstream.when(call -> {
                acknowledge(subset);
                return end;
            });
        }

        private void end() {
            end.complete(Reply.complete(Payload.of(Map.of("resultType", "complete"))));
        }
    }

    /** The task {@code t}, of which only the administrator may hear. */
    private void makeTask(Server server) {
        catalog.withTasks(server.upstream, "t");
        server.hold();
    }

    private CompletableFuture<Reply> listen(String filter) {
        return catalog.begin(Catalog.ADMIN, client, "subscriptions/listen", "{'notifications':" + filter + "}");
    }

    private List<String> told() {
        return client.delivered().stream()
                .map(call -> call.method() + " " + text(call.params()).replace('"', '\''))
                .toList();
    }

    private Payload told(int index) {
        return client.delivered().get(index).params();
    }

    private static Reply join(CompletableFuture<Reply> reply) {
        return reply.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void asksEachServerForItsPartInItsOwnWords() {
        makeTask(crm);
        catalog.begin(
                Catalog.ADMIN,
                client,
                "subscriptions/listen",
                "{ 'notifications' : {'toolsListChanged':true,'promptsListChanged':false,'resourceSubscriptions':"
                        + "['crm+mem://a','files+mem://b','files+mem://c','nowhere+mem://d','mem://e',7],"
                        + "'taskIds':['crm__t']},'_meta':{'n':1.0,'progressToken':1} }");

        assertThat(crm.asked())
                .isEqualTo("{ 'notifications' : {'toolsListChanged':true,'resourceSubscriptions':['mem://a'],"
                        + "'taskIds':['t']},'_meta':{'n':1.0} }");
        assertThat(files.asked())
                .isEqualTo("{ 'notifications' : {'toolsListChanged':true,'resourceSubscriptions':"
                        + "['mem://b','mem://c']},'_meta':{'n':1.0} }");
        assertThat(crm.listen().id()).contains(RequestId.of(7));
    }

    @Test
    void asksOnlyTheServersThatItConcernsAndThatThePrincipalMayEnter() {
        listen("{'resourceSubscriptions':['files+mem://b']}");
        assertThat(crm.upstream.received()).isEmpty();
        assertThat(files.upstream.received()).hasSize(1);

        catalog.begin(Catalog.SUPPORT, client, "subscriptions/listen", "{'notifications':{'toolsListChanged':true}}");
        assertThat(crm.upstream.received()).hasSize(1);
        assertThat(files.upstream.received()).hasSize(1);
    }

    @Test
    void acknowledgesFirstAndOnceWhatTheServersHonourTogether() {
        makeTask(crm);
        listen("{'toolsListChanged':true,'promptsListChanged':true,'resourcesListChanged':true,"
                + "'resourceSubscriptions':['files+mem://b','crm+mem://a','crm+mem://x'],'taskIds':['crm__t']}");

        crm.acknowledge(
                "{'toolsListChanged':true,'resourceSubscriptions':['mem://a','mem://unasked'],'taskIds':['t']}");
        CompletionStage<Reply> early = crm.tell("notifications/tools/list_changed", "{'n':1}");
        crm.tell("notifications/resources/updated", "{'uri':'mem://a','n':2}");
        assertThat(client.delivered()).isEmpty();
        assertThat(early.toCompletableFuture()).isNotDone();

        files.acknowledge("{'resourcesListChanged':true,'toolsListChanged':true,'resourceSubscriptions':['mem://b']}");

        assertThat(early.toCompletableFuture()).isCompletedWithValue(Reply.accepted());
        assertThat(told())
                .first()
                .asString()
                .startsWith(ACKNOWLEDGED)
                .contains(
                        "'notifications':{'toolsListChanged':true,'resourcesListChanged':true,'resourceSubscriptions':"
                                + "['files+mem://b','crm+mem://a'],'taskIds':['crm__t']}")
                .contains("'_meta':{'io.modelcontextprotocol/subscriptionId':7}");
        assertThat(told().subList(1, 3))
                .containsExactly(
                        "notifications/tools/list_changed {'n':1}",
                        "notifications/resources/updated {'uri':'crm+mem://a','n':2}");
    }

    @Test
    void keepsTheTypeOfTheSubscriptionsId() {
        Call listen = Call.request(
                RequestId.of("l-1"),
                "subscriptions/listen",
                payload("{'notifications':{'toolsListChanged':true}}"),
                client);
        CompletableFuture<Reply> reply = catalog.begin(Catalog.ADMIN, listen);
        crm.acknowledge("{'toolsListChanged':true}");
        files.acknowledge("{}");

        assertThat(told(0).string("_meta", "io.modelcontextprotocol/subscriptionId"))
                .contains("l-1");
        assertThat(client.delivered().get(0).parent().orElseThrow().id()).isEqualTo(listen.id());
        crm.end();
        files.end();
        assertThat(((Reply.Complete) join(reply)).result().string("_meta", "io.modelcontextprotocol/subscriptionId"))
                .contains("l-1");
    }

    @Test
    void tellsOfEveryServerOnOneStreamAndSwallowsNothing() {
        makeTask(files);
        listen("{'toolsListChanged':true,'taskIds':['files__t']}");
        crm.acknowledge("{'toolsListChanged':true}");
        files.acknowledge("{'toolsListChanged':true,'taskIds':['t']}");

        crm.tell("notifications/tools/list_changed", "{'_meta':{'io.modelcontextprotocol/subscriptionId':7}}");
        files.tell("notifications/tools/list_changed", "{}");
        files.tell("notifications/tasks", "{'taskId':'t','status':'working'}");
        crm.tell("notifications/tools/list_changed", "{}");

        assertThat(told().subList(1, 5))
                .containsExactly(
                        "notifications/tools/list_changed {'_meta':{'io.modelcontextprotocol/subscriptionId':7}}",
                        "notifications/tools/list_changed {}",
                        "notifications/tasks {'taskId':'files__t','status':'working'}",
                        "notifications/tools/list_changed {}");
    }

    @Test
    void tellsOnceThatAListHasChangedIfItIsSaidSeveralTimesBeforeAnythingCouldBeTold() {
        listen("{'toolsListChanged':true,'promptsListChanged':true}");
        crm.acknowledge("{'toolsListChanged':true,'promptsListChanged':true}");

        CompletionStage<Reply> first = crm.tell("notifications/tools/list_changed", "{}");
        crm.tell("notifications/prompts/list_changed", "{}");
        CompletionStage<Reply> second = files.tell("notifications/tools/list_changed", "{}");
        assertThat(second.toCompletableFuture()).isNotDone();
        files.acknowledge("{'toolsListChanged':true}");

        assertThat(told().subList(1, 3))
                .containsExactly("notifications/tools/list_changed {}", "notifications/prompts/list_changed {}");
        assertThat(first.toCompletableFuture()).isCompletedWithValue(Reply.accepted());
        assertThat(second.toCompletableFuture()).isCompletedWithValue(Reply.accepted());

        files.tell("notifications/tools/list_changed", "{}");
        assertThat(told()).hasSize(4);
    }

    private static void assertIsOver(CompletableFuture<Reply> reply) {
        assertThat(((Reply.Complete) join(reply)).result().members())
                .containsEntry("resultType", "complete")
                .containsEntry("_meta", Map.of("io.modelcontextprotocol/subscriptionId", 7L))
                .hasSize(2);
    }

    @Test
    void endsWhenAServerEndsWhatItHadAcknowledgedSoThatTheClientListensAnew() {
        CompletableFuture<Reply> reply = listen("{'toolsListChanged':true}");
        crm.acknowledge("{'toolsListChanged':true}");
        files.acknowledge("{'toolsListChanged':true}");
        files.tell("notifications/tools/list_changed", "{}");

        crm.end.complete(Reply.failure(ErrorCode.UNAVAILABLE, "died"));

        assertThat(files.listen().cancellation().isCancelled()).isTrue();
        assertIsOver(reply);
        assertThat(client.delivered())
                .extracting(Call::method)
                .containsExactly(ACKNOWLEDGED, "notifications/tools/list_changed");
    }

    @Test
    void endsEverywhereAlsoIfAServerThrowsWhenItIsToldSo() {
        crm.upstream.when(call -> {
            call.cancellation().onCancel(() -> {
                throw new IllegalStateException("It cannot be told");
            });
            return crm.end;
        });
        listen("{'toolsListChanged':true}");
        crm.acknowledge("{'toolsListChanged':true}");
        files.acknowledge("{'toolsListChanged':true}");

        crm.end();

        assertThat(files.listen().cancellation().isCancelled()).isTrue();
    }

    @Test
    void endsAlsoWhenTheOtherServersHaveNotAcknowledgedYet() {
        CompletableFuture<Reply> reply = listen("{'toolsListChanged':true}");
        crm.acknowledge("{'toolsListChanged':true}");

        crm.end();

        assertThat(files.listen().cancellation().isCancelled()).isTrue();
        assertIsOver(reply);
        assertThat(told()).singleElement().asString().startsWith(ACKNOWLEDGED).contains("{'toolsListChanged':true}");
    }

    @Test
    void asksNoFurtherServerWhenTheFirstOneEndsAtOnceWhatItHadAcknowledged() {
        crm.end();
        crm.acknowledgesAtOnce("{'toolsListChanged':true}");

        assertIsOver(listen("{'toolsListChanged':true}"));
        assertThat(files.upstream.received()).isEmpty();
    }

    @Test
    void goesOnWithoutAServerThatHonoursNothingOfItAndCompletesWhenAllHaveEnded() {
        CompletableFuture<Reply> reply = listen("{'toolsListChanged':true}");
        crm.acknowledge("{'toolsListChanged':false,'promptsListChanged':true,'resourceSubscriptions':[]}");
        files.acknowledge("{'toolsListChanged':true}");

        crm.end();
        files.tell("notifications/tools/list_changed", "{}");
        assertThat(client.delivered()).hasSize(2);
        assertThat(reply).isNotDone();

        files.end();
        assertIsOver(reply);
    }

    @Test
    void doesNotWaitForTheAcknowledgementOfADeadServer() {
        listen("{'toolsListChanged':true}");

        files.end.complete(Reply.failure(ErrorCode.UNAVAILABLE, "down"));
        crm.acknowledge("{'toolsListChanged':true}");

        assertThat(told()).singleElement().asString().contains("{'toolsListChanged':true}");
    }

    @Test
    void leavesAServerThatIsSilentTooLongOutOfTheAcknowledgementButNotOfTheStream() {
        RecordingSession hurried = RecordingSession.modern("m-2");
        try (Catalog other = new Catalog(builder -> builder.catalogPatience(Duration.ofMillis(500)))) {
            Server quick = new Server(other.crm);
            Server slow = new Server(other.files);
            quick.acknowledgesAtOnce("{'toolsListChanged':true}");
            other.begin(
                    Catalog.ADMIN,
                    hurried,
                    "subscriptions/listen",
                    "{'notifications':{'toolsListChanged':true,'promptsListChanged':true}}");
            Awaitility.await().until(() -> !hurried.delivered().isEmpty());

            slow.acknowledge("{'promptsListChanged':true}");
            slow.tell("notifications/prompts/list_changed", "{}");

            assertThat(hurried.delivered().get(0).params().members().get("notifications"))
                    .isEqualTo(Map.of("toolsListChanged", true));
            assertThat(hurried.delivered())
                    .extracting(Call::method)
                    .containsExactly(ACKNOWLEDGED, "notifications/prompts/list_changed");
        }
    }

    private static CompletionStage<Reply> update(Server server, int number) {
        return server.tell("notifications/resources/updated", "{'uri':'mem://a','n':" + number + "}");
    }

    private void assertToldAsMuchAsMayWait() {
        assertThat(client.delivered()).hasSize(1 + Deliveries.MESSAGES_MAX);
        assertThat(told()).first().asString().startsWith(ACKNOWLEDGED);
        assertThat(told()).last().asString().endsWith("'n':" + (Deliveries.MESSAGES_MAX - 1) + "}");
    }

    @Test
    void endsWhenOneServerTellsMoreThanMayWaitForTheAcknowledgementOfAnother() {
        try (Catalog patient = new Catalog(builder -> builder.catalogPatience(Duration.ofHours(1)))) {
            Server loud = new Server(patient.crm);
            Server slow = new Server(patient.files);
            CompletableFuture<Reply> reply = patient.begin(
                    Catalog.ADMIN,
                    client,
                    "subscriptions/listen",
                    "{'notifications':{'resourceSubscriptions':['crm+mem://a','files+mem://b']}}");
            loud.acknowledge("{'resourceSubscriptions':['mem://a']}");
            for (int i = 0; i < Deliveries.MESSAGES_MAX; i++) {
                assertThat(update(loud, i).toCompletableFuture()).isNotDone();
            }
            assertThat(reply).isNotDone();

            CompletionStage<Reply> tooMuch = update(loud, Deliveries.MESSAGES_MAX);

            assertThat(failure(join(tooMuch.toCompletableFuture())).kind()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(loud.listen().cancellation().isCancelled()).isTrue();
            assertThat(slow.listen().cancellation().isCancelled()).isTrue();
            assertIsOver(reply);
            assertToldAsMuchAsMayWait();
        }
    }

    @Test
    void endsWhenMoreIsToldThanMayWaitForItsClientToRead() {
        CompletableFuture<Reply> read = new CompletableFuture<>();
        Session slow = new ForwardingSession(client) {
            @Override
            public CompletionStage<Reply> deliver(Call call) {
                super.deliver(call);
                return read;
            }
        };
        CompletableFuture<Reply> reply = catalog.begin(
                Catalog.ADMIN,
                slow,
                "subscriptions/listen",
                "{'notifications':{'resourceSubscriptions':['crm+mem://a','files+mem://b']}}");
        crm.acknowledge("{'resourceSubscriptions':['mem://a']}");
        files.acknowledge("{'resourceSubscriptions':['mem://b']}");
        for (int i = 0; i <= Deliveries.MESSAGES_MAX; i++) {
            update(crm, i);
        }
        assertThat(client.delivered()).hasSize(1);
        assertThat(files.listen().cancellation().isCancelled()).isTrue();

        read.complete(Reply.accepted());

        assertIsOver(reply);
        assertToldAsMuchAsMayWait();
    }

    @Test
    void endsEverywhereWhenTheClientCancels() {
        Call listen = Call.request(
                RequestId.of(1),
                "subscriptions/listen",
                payload("{'notifications':{'toolsListChanged':true}}"),
                client);
        CompletableFuture<Reply> reply = catalog.begin(Catalog.ADMIN, listen);
        crm.acknowledge("{}");
        files.acknowledge("{}");

        listen.cancellation().cancel();

        assertThat(crm.end).isDone();
        assertThat(files.end).isDone();
        assertThat(failure(join(reply)).kind()).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void isRefusedWithoutAStreamIfNoServerListens() {
        crm.end.complete(Reply.failure(ErrorCode.UNAVAILABLE, "down"));
        files.end.complete(Reply.Failure.received(-32601, "Method not found", null));

        Reply reply = join(listen("{'toolsListChanged':true}"));

        assertThat(failure(reply).code()).isEqualTo(-32601);
        assertThat(client.delivered()).isEmpty();
    }

    @Test
    void thatConcernsNobodyIsAcknowledgedAndOver() {
        assertThat(result(join(listen("{'resourceSubscriptions':['nowhere+mem://a']}"))))
                .contains("'resultType':'complete'");
        assertThat(told(0).members().get("notifications")).isEqualTo(Map.of());
        assertThat(crm.upstream.received()).isEmpty();
    }

    @Test
    void goesOnWithTheNextMessageWhenOneCouldNotBeDelivered() {
        listen("{'toolsListChanged':true}");
        crm.acknowledge("{}");
        files.acknowledge("{}");
        client.answering(call -> {
            client.answering(next -> Reply.accepted());
            throw new IllegalStateException("a broken edge");
        });

        crm.tell("notifications/tools/list_changed", "{'n':1}");
        crm.tell("notifications/tools/list_changed", "{'n':2}");

        assertThat(told()).last().isEqualTo("notifications/tools/list_changed {'n':2}");
    }

    @Test
    void isDecidedAndRecordedForEachServer() {
        listen("{'toolsListChanged':true}");

        assertThat(audit.events())
                .filteredOn(event -> event.kind() == Kind.ATTEMPT)
                .extracting(AuditEvent::server)
                .containsExactly("crm", "files");
        assertThat(audit.events())
                .extracting(AuditEvent::correlationId)
                .hasSize(2)
                .containsOnly(audit.events().get(0).correlationId());
    }

    @Test
    void isUnknownToLegacySessionsAndSaysWhatItIsFor() {
        RecordingSession legacy = RecordingSession.legacy("s-1");

        assertThat(failure(catalog.ask(legacy, "subscriptions/listen", "{'notifications':{}}"))
                        .code())
                .isEqualTo(-32601);
        assertThat(failure(catalog.ask(client, "subscriptions/listen", "{}")).code())
                .isEqualTo(-32602);
    }

    @Test
    void isNotHeldUpByAServerThatAnswersAtOnce() {
        catalog.files.when(call -> done(Reply.complete(payload("{'resultType':'complete'}"))));
        listen("{'toolsListChanged':true}");

        crm.acknowledge("{'toolsListChanged':true}");

        assertThat(client.delivered()).hasSize(1);
    }
}
