package io.mcpgate.core.wrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gate;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.Unwritable;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.WrappedUpstream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WrapTest {
    private static final Principal ANN = Principal.of("ann", "seller");
    private static final Principal BOB = Principal.of("bob", "seller");
    private static final Principal EVE = Principal.of("eve", "nobody");

    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final Gateway gateway = with(Gateway.builder().wrapped("crm")).build();
    private final List<Envelope> toClient = new CopyOnWriteArrayList<>();
    private final List<Envelope> toServer = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> hungUp = new CompletableFuture<>();
    private ServerEdge server;
    private final Wrap wrap = Wrap.open(gateway, "crm", ANN, into(toClient), origin -> server = edge(origin, toServer));

    private GatewayBuilder with(GatewayBuilder builder) {
        return builder.authenticator(new ApiKeys(
                        Map.of(ApiKeys.hash("ann"), ANN, ApiKeys.hash("bob"), BOB, ApiKeys.hash("eve"), EVE), null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "seller",
                        new Grant(
                                List.of("crm"),
                                List.of("find*"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of("elicitation/create"))))))
                .revealRefusals()
                .audit(audit);
    }

    private ServerEdge edge(io.mcpgate.core.protocol.Duplex.Origin origin, List<Envelope> sent) {
        return new ServerEdge(into(sent), origin, () -> hungUp.complete(null));
    }

    private static Outlet into(List<Envelope> sent) {
        return (frame, call) -> {
            sent.add(frame.message());
            return CompletableFuture.completedFuture(null);
        };
    }

    @AfterEach
    void close() {
        gateway.close(Duration.ofMillis(1)); // what a test has left unanswered stays so
    }

    private static Envelope.Request request(long id, String method, Map<String, ?> params) {
        return new Envelope.Request(RequestId.of(id), method, Payload.of(params));
    }

    private static Envelope.Request call(long id, String tool) {
        return request(id, "tools/call", Map.of("name", tool, "arguments", Map.of("q", "x")));
    }

    private static <T> T last(List<? super T> messages, Class<T> kind) {
        return kind.cast(messages.get(messages.size() - 1));
    }

    @Test
    void takesAnAllowedCallToTheServerAndItsAnswerBack() {
        Envelope.Request call = call(7, "find");

        wrap.client().receive(call);
        Envelope.Request received = last(toServer, Envelope.Request.class);
        Payload result = Payload.of(Map.of("content", List.of()));
        server.receive(new Envelope.Result(received.id(), result));

        assertThat(received.params()).as("the host's own object").isSameAs(call.params());
        Envelope.Result answer = last(toClient, Envelope.Result.class);
        assertThat(answer.id()).isEqualTo(RequestId.of(7));
        assertThat(answer.result()).isSameAs(result);
    }

    /** An object of a host's server need not be JSON. */
    @Test
    void answersACallAlsoIfTheServersAnswerCannotBeRead() {
        wrap.client().receive(call(7, "find"));
        Envelope.Request received = last(toServer, Envelope.Request.class);

        server.receive(new Envelope.Result(received.id(), Unwritable.whole()));

        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
    }

    @Test
    void answersARefusedCallWithoutTheServer() {
        wrap.client().receive(call(7, "delete"));

        assertThat(toServer).isEmpty();
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
        assertThat(audit.events()).last().extracting(AuditEvent::verdict).isEqualTo(AuditEvent.Verdict.REFUSED);
    }

    private static Envelope.Request ofUnknownRevision(RequestId id, String method) {
        Map<String, ?> meta = Map.of("io.modelcontextprotocol/protocolVersion", "2031-01-01");
        return new Envelope.Request(id, method, Payload.of(Map.of("name", "find", "_meta", meta)));
    }

    private void assertRecordedAsRefused(String reason) {
        AuditEvent last = audit.events().get(audit.events().size() - 1);
        assertThat(last.verdict()).isEqualTo(AuditEvent.Verdict.REFUSED);
        assertThat(last.method()).isEqualTo("mcpgate/refused");
        assertThat(last.server()).isEqualTo("crm");
        assertThat(last.reason()).isEqualTo(reason);
    }

    @Test
    void recordsARequestOfARevisionThatNobodyKnows() {
        wrap.client().receive(ofUnknownRevision(RequestId.of(7), "tools/call"));

        assertThat(toServer).isEmpty();
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
        assertThat(last(toClient, Envelope.Failed.class).code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertRecordedAsRefused("This revision of MCP is not supported");
    }

    @Test
    void recordsANotificationOfARevisionThatNobodyKnows() {
        wrap.client().receive(ofUnknownRevision(null, "notifications/x"));

        assertThat(toServer).isEmpty();
        assertThat(toClient).isEmpty();
        assertRecordedAsRefused("This revision of MCP is not supported");
    }

    @Test
    void recordsARequestUnderAnIdThatIsInFlight() {
        wrap.client().receive(call(7, "find"));
        wrap.client().receive(call(7, "find"));

        assertThat(toServer).hasSize(1);
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
        assertRecordedAsRefused("A request with this id is in flight already");
    }

    @Test
    void recordsARequestTooManyInFlight() {
        for (int id = 1; id <= 1_025; id++) {
            wrap.client().receive(call(id, "find"));
        }

        assertThat(toServer).hasSize(1_024);
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(1_025));
        assertRecordedAsRefused("More than 1024 requests are in flight here");
    }

    /** What comes as bytes is measured by the reader; what a stack hands in as objects, by nobody else. */
    @ParameterizedTest
    @MethodSource("whatNamesTooMuch")
    void recordsARequestThatNamesWhatIsLongerThanNamesAre(Envelope.Request request, String why) {
        wrap.client().receive(request);

        assertThat(toServer).isEmpty();
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
        assertThat(last(toClient, Envelope.Failed.class).code()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(last(toClient, Envelope.Failed.class).message()).isEqualTo(why);
        assertRecordedAsRefused(why);
    }

    static Stream<Arguments> whatNamesTooMuch() {
        String name = "A name has at most 1024 characters, and a URI 8192";
        String longName = "x".repeat(1_025);
        Map<String, String> template = Map.of("type", "ref/resource", "uri", "{x}" + "x".repeat(8_190));
        return Stream.of(
                Arguments.of(request(7, longName, Map.of()), "A method has at most 1024 characters"),
                Arguments.of(call(7, "find" + "x".repeat(1_021)), name),
                Arguments.of(request(7, "prompts/get", Map.of("name", longName)), name),
                Arguments.of(request(7, "tasks/get", Map.of("taskId", longName)), name),
                Arguments.of(request(7, "resources/read", Map.of("uri", "x".repeat(8_193))), name),
                Arguments.of(request(7, "completion/complete", Map.of("ref", template)), name));
    }

    @Test
    void takesTheLongestNameToTheServer() {
        wrap.client().receive(call(7, "find" + "x".repeat(1_020)));

        assertThat(toServer).hasSize(1);
    }

    /** An authenticator of the host's own may take everybody for somebody, and what is refused stays so. */
    @Test
    void recordsAsRefusedWhateverTheAuthenticatorSays() {
        try (Gateway trusting = with(Gateway.builder().wrapped("crm"))
                .authenticator(credential -> CompletableFuture.completedFuture(Optional.of(ANN)))
                .build()) {
            ClientEdge.open(trusting, "crm", ANN, into(toClient)).refused("no JSON");
        }

        assertThat(audit.events())
                .singleElement()
                .extracting(AuditEvent::verdict)
                .isEqualTo(AuditEvent.Verdict.REFUSED);
    }

    /** A gate that says when a record is kept. */
    private record Recording(List<CompletableFuture<Reply>> records, List<Call> calls) implements Gate {
        Recording(List<CompletableFuture<Reply>> records) {
            this(records, new CopyOnWriteArrayList<>());
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            CompletableFuture<Reply> kept = new CompletableFuture<>();
            calls.add(call);
            records.add(kept);
            return kept;
        }

        @Override
        public void ended(Session session) {}

        @Override
        public JsonReader reader() {
            return new JsonReader(JsonLimits.DEFAULT);
        }

        @Override
        public boolean governs(String server) {
            return true;
        }

        @Override
        public boolean wraps(String server) {
            return false;
        }
    }

    @Test
    void tellsTheClientOfARefusalWhenItIsRecorded() {
        Recording gate = new Recording(new CopyOnWriteArrayList<>());
        ClientEdge edge = ClientEdge.open(gate, "crm", ANN, into(toClient));

        edge.receive(ofUnknownRevision(RequestId.of(7), "tools/call"));
        assertThat(toClient).isEmpty();

        gate.records().get(0).complete(Reply.failure(ErrorCode.UNAUTHENTICATED, "refused"));
        assertThat(last(toClient, Envelope.Failed.class).id()).isEqualTo(RequestId.of(7));
    }

    @Test
    void holdsOnlySoManyRefusalsThatAreNotRecorded() {
        Recording gate = new Recording(new CopyOnWriteArrayList<>());
        ClientEdge edge = ClientEdge.open(gate, "crm", ANN, into(toClient));
        for (int i = 1; i <= 1_024; i++) {
            assertThat(edge.refused("no JSON")).isNotDone();
        }

        assertThat(edge.refused("no JSON")).isCompletedExceptionally();
        gate.records().get(0).complete(Reply.failure(ErrorCode.UNAUTHENTICATED, "refused"));

        assertThat(gate.records()).hasSize(1_024);
        assertThat(edge.refused("no JSON")).isNotDone();
    }

    @Test
    void asksTheClientForTheServerAndBringsTheAnswer() {
        wrap.client().receive(call(1, "find"));
        server.receive(request(99, "elicitation/create", Map.of("message", "Sure?")));
        Envelope.Request asked = last(toClient, Envelope.Request.class);
        wrap.client().receive(new Envelope.Result(asked.id(), Payload.of(Map.of("action", "accept"))));

        assertThat(asked.method()).isEqualTo("elicitation/create");
        Envelope.Result answer = last(toServer, Envelope.Result.class);
        assertThat(answer.id()).isEqualTo(RequestId.of(99));
        assertThat(answer.result().members()).containsEntry("action", "accept");
    }

    @Test
    void refusesWhatTheServerMayNotAsk() {
        wrap.client().receive(call(1, "find"));
        server.receive(request(99, "sampling/createMessage", Map.of()));

        assertThat(toClient).isEmpty();
        assertThat(last(toServer, Envelope.Failed.class).id()).isEqualTo(RequestId.of(99));
    }

    @Test
    void tellsProgressUnderTheTokenOfTheClient() {
        wrap.client()
                .receive(request(1, "tools/call", Map.of("name", "find", "_meta", Map.of("progressToken", "mine"))));
        Object token = last(toServer, Envelope.Request.class).params().member("_meta", "progressToken");
        server.receive(new Envelope.Request(
                null, "notifications/progress", Payload.of(Map.of("progressToken", token, "progress", 1))));

        assertThat(last(toClient, Envelope.Request.class).params().members())
                .containsEntry("progressToken", "mine")
                .containsEntry("progress", 1L);
    }

    @Test
    void tellsTheServerThatNobodyWaitsAnyMore() {
        wrap.client().receive(call(1, "find"));
        wrap.client()
                .receive(new Envelope.Request(null, "notifications/cancelled", Payload.of(Map.of("requestId", 1L))));

        assertThat(last(toServer, Envelope.Request.class).method()).isEqualTo("notifications/cancelled");
    }

    @Test
    void answersACallWhoseDeadlineHasPassed() {
        try (Gateway hasty = with(Gateway.builder().wrapped("crm"))
                .timeout(java.time.Duration.ofMillis(50))
                .build()) {
            Wrap waiting = Wrap.open(hasty, "crm", ANN, into(toClient), origin -> edge(origin, toServer));
            waiting.client().receive(call(1, "find"));

            org.awaitility.Awaitility.await().until(() -> !toClient.isEmpty());
            assertThat(last(toClient, Envelope.Failed.class).code()).isEqualTo(ErrorCode.DEADLINE.code());
            assertThat(last(toServer, Envelope.Request.class).method()).isEqualTo("notifications/cancelled");
        }
    }

    @Test
    void doesNotHoldTheBodyOfACallThatIsOver() {
        List<RequestId> asked = new CopyOnWriteArrayList<>();
        Outlet forgetful = (frame, call) -> {
            asked.add(((Envelope.Request) frame.message()).id());
            return CompletableFuture.completedFuture(null);
        };
        Wrap idle = Wrap.open(
                gateway, "crm", ANN, into(toClient), origin -> server = new ServerEdge(forgetful, origin, () -> {}));

        WeakReference<Payload> body = called(idle);
        server.receive(new Envelope.Result(asked.get(0), Payload.of(Map.of("content", List.of()))));

        org.awaitility.Awaitility.await().until(() -> {
            System.gc();
            return body.get() == null;
        });
        server.receive(request(99, "elicitation/create", Map.of("message", "Sure?")));
        assertThat(last(toClient, Envelope.Request.class).method()).isEqualTo("elicitation/create");
    }

    private static WeakReference<Payload> called(Wrap wrap) {
        Envelope.Request call = call(1, "find");
        wrap.client().receive(call);
        return new WeakReference<>(call.params());
    }

    @Test
    void answersNothingThatTheClientHasWithdrawn() {
        wrap.client().receive(call(1, "find"));
        wrap.client()
                .receive(new Envelope.Request(null, "notifications/cancelled", Payload.of(Map.of("requestId", 1L))));

        assertThat(toClient).isEmpty();
    }

    @Test
    void answersAStackThatPairsRepliesItself() {
        CompletionStage<Reply> reply = wrap.client().call(call(1, "find"), UnaryOperator.identity());
        Payload result = Payload.of(Map.of("content", List.of()));
        server.receive(
                new Envelope.Result(last(toServer, Envelope.Request.class).id(), result));

        assertThat(reply).isCompletedWithValue(Reply.complete(result));
    }

    @Test
    void takesTheWordOfTheHostForAnotherPrincipal() {
        wrap.client().receive(call(1, "find"), call -> call.with(Credential.KEY, new Credential.Vouched(EVE)));

        assertThat(toServer).isEmpty();
        assertThat(audit.events()).last().extracting(AuditEvent::principal).isEqualTo("eve");
    }

    @Test
    void keepsAConversationForThePrincipalThatHasOpenedIt() {
        Wrap shown = Wrap.open(gateway, "crm", into(toClient), origin -> edge(origin, toServer));
        shown.client().receive(call(1, "find"), call -> call.with(Credential.KEY, new Credential.Secret("ann")));
        shown.client().receive(call(2, "find"), call -> call.with(Credential.KEY, new Credential.Secret("eve")));
        shown.client().receive(call(3, "find"));

        assertThat(toServer).hasSize(1);
        assertThat(toClient)
                .extracting(message -> ((Envelope.Failed) message).id())
                .containsExactly(RequestId.of(2), RequestId.of(3));
    }

    /** Whoever learns the id of a session may speak on some transports, but not for its owner. */
    @Test
    void letsNobodyElseTakeBackTheOwnersCalls() {
        Wrap shown = Wrap.open(gateway, "crm", into(toClient), origin -> edge(origin, toServer));
        Envelope.Request takeBack =
                new Envelope.Request(null, "notifications/cancelled", Payload.of(Map.of("requestId", 1L)));
        shown.client().receive(call(1, "find"), call -> call.with(Credential.KEY, new Credential.Secret("ann")));

        shown.client().receive(takeBack, call -> call.with(Credential.KEY, new Credential.Secret("eve")));
        shown.client().receive(takeBack);
        assertThat(toServer).hasSize(1);

        shown.client().receive(takeBack, call -> call.with(Credential.KEY, new Credential.Secret("ann")));
        assertThat(last(toServer, Envelope.Request.class).method()).isEqualTo("notifications/cancelled");
    }

    /** A stack that pairs replies itself may have no sessions: then nobody's request makes any other one its own. */
    @Test
    void answersAStatelessStackWhoeverWasFirst() {
        ClientEdge clients = ClientEdge.stateless(gateway, "crm");
        List<Call> onward = new CopyOnWriteArrayList<>();

        Reply first =
                stateless(clients, onward, "ann", request(1, "initialize", Map.of("protocolVersion", "2025-06-18")));
        Reply second = stateless(clients, onward, "bob", call(1, "find"));
        Reply refused = stateless(clients, onward, "eve", call(1, "find"));
        Reply nobody = stateless(clients, onward, "", call(1, "find"));

        assertThat(first).isInstanceOf(Reply.Complete.class);
        assertThat(second).isInstanceOf(Reply.Complete.class);
        assertThat(refused).matches(reply -> ((Reply.Failure) reply).is(ErrorCode.NOT_FOUND));
        assertThat(nobody).matches(reply -> ((Reply.Failure) reply).is(ErrorCode.UNAUTHENTICATED));
        assertThat(onward).extracting(call -> call.principal().id()).containsExactly("ann", "bob");
        assertThat(onward.get(1).session().handshake())
                .as("what another has said")
                .isEmpty();
    }

    @Test
    void refusesLongNamesAlsoFromAStatelessStack() {
        ClientEdge clients = ClientEdge.stateless(gateway, "crm");
        List<Call> onward = new CopyOnWriteArrayList<>();

        Reply refused = stateless(clients, onward, "ann", call(1, "find" + "x".repeat(1_021)));

        assertThat(refused).matches(reply -> ((Reply.Failure) reply).is(ErrorCode.INVALID_REQUEST));
        assertThat(onward).isEmpty();
        assertRecordedAsRefused("A name has at most 1024 characters, and a URI 8192");
    }

    @Test
    void refusesRevisionsThatItDoesNotKnowAlsoFromAStatelessStack() {
        ClientEdge clients = ClientEdge.stateless(gateway, "crm");
        List<Call> onward = new CopyOnWriteArrayList<>();
        Map<String, Object> meta = Map.of("io.modelcontextprotocol/protocolVersion", "2099-01-01");

        Reply refused =
                stateless(clients, onward, "ann", request(1, "tools/call", Map.of("name", "find", "_meta", meta)));

        assertThat(refused).matches(reply -> ((Reply.Failure) reply).is(ErrorCode.UNSUPPORTED_VERSION));
        assertThat(onward).isEmpty();
        assertRecordedAsRefused("This revision of MCP is not supported");
    }

    /** Nobody can say which call it is about, but while there is one it may be that one. */
    @Test
    void tellsAModernClientOnOneStreamWhatIsLoggedWhileACallOfItsGoesOn() {
        Recording gate = new Recording(new CopyOnWriteArrayList<>());
        ClientEdge client = ClientEdge.open(gate, "crm", ANN, into(toClient));
        CompletionStage<Reply> listening = client.call(modern(1, "subscriptions/listen"), UnaryOperator.identity());
        Session session = gate.calls().get(0).session();
        Call logged = Call.unsolicited(null, "notifications/message", Payload.empty(), session, ANN, "crm");

        assertThat(session.deliver(logged)).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
        client.call(modern(2, "tools/call"), UnaryOperator.identity());
        assertThat(session.deliver(logged)).isCompletedWithValueMatching(Reply.Accepted.class::isInstance);
        gate.records().get(1).complete(Reply.complete(Payload.empty()));
        assertThat(session.deliver(logged)).isCompletedWithValueMatching(Reply.Failure.class::isInstance);

        assertThat(toClient).hasSize(1);
        assertThat(listening).isNotDone();
    }

    private static Envelope.Request modern(long id, String method) {
        Map<String, ?> meta = Map.of("io.modelcontextprotocol/protocolVersion", "2026-07-28");
        return request(id, method, Map.of("_meta", meta));
    }

    @Test
    void answersAStatelessStackAlsoWhenTooManyRefusalsWaitForTheirRecord() {
        ClientEdge clients = ClientEdge.stateless(new Recording(new CopyOnWriteArrayList<>()), "crm");
        for (int i = 1; i <= 1_024; i++) {
            clients.refused("no JSON");
        }

        CompletionStage<Reply> reply = clients.call(call(1, "x".repeat(1_025)), UnaryOperator.identity());

        assertThat(reply).isCompletedWithValueMatching(done -> ((Reply.Failure) done).is(ErrorCode.UNAVAILABLE));
    }

    private static Reply stateless(ClientEdge clients, List<Call> onward, String key, Envelope.Request request) {
        return clients.call(request, call -> {
                    WrappedUpstream.Onward way = made -> {
                        onward.add(made);
                        return CompletableFuture.completedFuture(Reply.complete(made.params()));
                    };
                    Call dressed = call.with(WrappedUpstream.ONWARD, way);
                    return key.isEmpty() ? dressed : dressed.with(Credential.KEY, new Credential.Secret(key));
                })
                .toCompletableFuture()
                .join();
    }

    /** What the gateway asks on account of a refused call reaches the server on that call's own way. */
    @Test
    void refusesAsTheServerAnswersUnknownNames() {
        Gateway concealing = Gateway.builder()
                .wrapped("crm")
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing("seller", Grant.tools("crm", "find")))))
                .build();
        Wrap concealed = Wrap.open(concealing, "crm", ANN, into(toClient), origin -> server = edge(origin, toServer));

        concealed.client().receive(call(7, "delete"));
        Envelope.Request asked = last(toServer, Envelope.Request.class);
        String unknown = asked.params().string("name").orElseThrow();
        server.receive(new Envelope.Failed(asked.id(), -32602, "No tool " + unknown, null));

        Envelope.Failed refused = last(toClient, Envelope.Failed.class);
        assertThat(unknown).isNotEqualTo("delete");
        assertThat(refused.code()).isEqualTo(-32602);
        assertThat(refused.message()).isEqualTo("No tool delete");
        concealing.close();
    }

    @Test
    void failsWhatWaitsWhenTheServerIsLost() {
        wrap.client().receive(call(1, "find"));
        server.lost("its process has ended");
        wrap.client().receive(call(2, "find"));

        assertThat(toClient)
                .extracting(message -> ((Envelope.Failed) message).code())
                .containsOnly(ErrorCode.UNAVAILABLE.code())
                .hasSize(2);
    }

    @Test
    void hangsUpOnceWhenItIsClosed() {
        wrap.client().receive(call(1, "find"));
        wrap.close();
        wrap.close();
        wrap.client().receive(call(2, "find"));

        assertThat(hungUp).isCompleted();
        assertThat(toServer)
                .extracting(message -> ((Envelope.Request) message).method())
                .containsExactly("tools/call", "notifications/cancelled");
    }

    @Test
    void endsItsSessionAlsoIfACallThrowsWhenItIsCancelled() {
        ScriptedUpstream crm = new ScriptedUpstream("crm").when(WrapTest::neverAndThrowingWhenCancelled);
        Gateway owning = with(Gateway.builder().server(crm)).build();
        ClientEdge edge = ClientEdge.open(owning, "crm", ANN, into(toClient));
        edge.receive(call(1, "find"));
        edge.receive(call(2, "find"));

        edge.close();

        assertThat(crm.received())
                .hasSize(2)
                .allMatch(call -> call.cancellation().isCancelled());
        assertThat(crm.endedSessions()).hasSize(1);
        owning.close(Duration.ofMillis(1));
    }

    private static CompletableFuture<Reply> neverAndThrowingWhenCancelled(Call call) {
        call.cancellation().onCancel(() -> {
            throw new IllegalStateException("It cannot be told");
        });
        return new CompletableFuture<>();
    }

    @Test
    void needsAServerThatIsWrapped() {
        assertThatThrownBy(() -> Wrap.open(gateway, "nope", ANN, into(toClient), origin -> edge(origin, toServer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("builder.wrapped(\"nope\")");
    }

    @Test
    void isReachedByNobodyElse() {
        List<Envelope> other = new CopyOnWriteArrayList<>();
        ClientEdge stranger = ClientEdge.open(gateway, "crm", ANN, into(other));
        stranger.receive(call(1, "find"));

        assertThat(last(other, Envelope.Failed.class).message()).contains("wrapped");
        assertThat(toServer).isEmpty();
    }

    @Test
    void writesTheSameAsBytes() {
        Frame frame = Frame.request(RequestId.of(1), "tools/call", Payload.of(Map.of("name", "find")));

        assertThat(new String(frame.toByteArray(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"find\"}}");
        assertThat(frame.message()).isInstanceOf(Envelope.Request.class);
    }
}
