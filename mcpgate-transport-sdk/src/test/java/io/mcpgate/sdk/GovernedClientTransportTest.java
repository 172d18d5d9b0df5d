package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpTransportSessionNotFoundException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@SuppressWarnings("deprecation") // what every version of the SDK has
class GovernedClientTransportTest {
    private static final Principal ANN = Principal.of("ann", "seller");
    private static final Principal BOB = Principal.of("bob", "seller");
    private static final Principal EVE = Principal.of("eve", "nobody");

    private final InProcessServer transport = new InProcessServer(Crm.JSON);
    private final Crm crm = new Crm(transport);
    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();
    private final List<LoggingMessageNotification> logs = new CopyOnWriteArrayList<>();
    private final List<List<Tool>> changes = new CopyOnWriteArrayList<>();
    private final Gateway gateway = gateway(builder -> builder);
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    private Gateway gateway(Function<GatewayBuilder, GatewayBuilder> more) {
        return concealing(builder -> more.apply(builder.revealRefusals()));
    }

    private Gateway concealing(Function<GatewayBuilder, GatewayBuilder> more) {
        GatewayBuilder builder = Gateway.builder()
                .wrapped("crm")
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "seller",
                        new Grant(
                                List.of("crm"),
                                List.of("find", "ask", "think", "work", "slow"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of("elicitation/create", "sampling/createMessage", "logging/setLevel"))))))
                .audit(audit)
                .intercept("see", new Seeing());
        return more.apply(builder).build();
    }

    /** Notes every message in either direction. */
    private final class Seeing implements Interceptor {
        @Override
        public Set<Traffic> traffic() {
            return EnumSet.allOf(Traffic.class);
        }

        @Override
        public CompletionStage<Reply> intercept(Call call, Chain chain) {
            seen.add(call.method());
            return chain.proceed(call);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        gateway.close();
        crm.close();
    }

    private McpSyncClient client(McpClientTransport governed) {
        McpSyncClient client = McpClient.sync(governed)
                .requestTimeout(Duration.ofSeconds(20))
                .elicitation(request -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of()))
                .sampling(request -> CreateMessageResult.builder()
                        .message("42")
                        .model("none")
                        .build())
                .progressConsumer(progress::add)
                .loggingConsumer(logs::add)
                .toolsChangeConsumer(changes::add)
                .build();
        opened.add(client);
        return client;
    }

    private McpSyncClient annsClient() {
        McpSyncClient client = client(McpSdk.wrap(gateway, "crm", ANN, transport.clientTransport()));
        client.initialize();
        return client;
    }

    private static CallToolRequest call(String tool) {
        return new CallToolRequest(tool, Map.of("q", "x"));
    }

    @Test
    void letsAnAllowedCallThrough() {
        McpSyncClient client = annsClient();

        assertThat(Crm.textOf(client.callTool(call("find")))).isEqualTo("found x");
        assertThat(seen).contains("initialize", "notifications/initialized", "tools/call");
        assertThat(audit.events())
                .filteredOn(event -> event.method().equals("tools/call"))
                .extracting(
                        AuditEvent::kind,
                        AuditEvent::principal,
                        event -> event.target().name())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(AuditEvent.Kind.ATTEMPT, "ann", "find"),
                        org.assertj.core.groups.Tuple.tuple(AuditEvent.Kind.OUTCOME, "ann", "find"));
    }

    @Test
    void refusesACallThatIsNotAllowed() {
        McpSyncClient client = annsClient();

        assertThatThrownBy(() -> client.callTool(call("delete")))
                .isInstanceOfSatisfying(
                        McpError.class,
                        error -> assertThat(error.getJsonRpcError().code()).isEqualTo(ErrorCode.FORBIDDEN.code()));
    }

    @Test
    void showsOnlyWhatMayBeCalled() {
        assertThat(annsClient().listTools().tools())
                .extracting(Tool::name)
                .containsExactlyInAnyOrder("find", "ask", "think", "work", "slow");
    }

    @Test
    void throttles() {
        try (Gateway slow = gateway(
                builder -> builder.limit(Limit.of("few", Limit.Per.PRINCIPAL, new Rate(2, Duration.ofHours(1)))))) {
            McpSyncClient client = client(McpSdk.wrap(slow, "crm", ANN, transport.clientTransport()));
            client.initialize();
            client.callTool(call("find"));

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 3; i++) {
                            client.callTool(call("find"));
                        }
                    })
                    .isInstanceOfSatisfying(
                            McpError.class,
                            error -> assertThat(error.getJsonRpcError().code())
                                    .isEqualTo(ErrorCode.RATE_LIMITED.code()));
        }
    }

    @Test
    void bringsTheServersQuestionsToTheClientAndTheAnswersBack() {
        McpSyncClient client = annsClient();

        assertThat(Crm.textOf(client.callTool(call("ask")))).isEqualTo("the user says ACCEPT");
        assertThat(Crm.textOf(client.callTool(call("think")))).isEqualTo("the model says 42");
        assertThat(seen).contains("elicitation/create", "sampling/createMessage");
    }

    @Test
    void bringsProgressAndLogs() {
        McpSyncClient client = annsClient();
        CallToolResult result = client.callTool(CallToolRequest.builder()
                .name("work")
                .arguments(Map.of())
                .progressToken("mine")
                .build());

        assertThat(Crm.textOf(result)).isEqualTo("done");
        await().until(() -> progress.size() == 3 && logs.size() == 1);
        assertThat(progress).extracting(ProgressNotification::progressToken).containsOnly("mine");
        assertThat(progress)
                .as("the SDK's client does not keep their order")
                .extracting(ProgressNotification::progress)
                .containsExactlyInAnyOrder(1.0, 2.0, 3.0);
    }

    @Test
    void bringsNewsOfLists() {
        McpSyncClient client = annsClient();
        client.listTools();
        crm.server().notifyToolsListChanged();

        await().until(() -> !changes.isEmpty());
        assertThat(changes.get(0)).extracting(Tool::name).doesNotContain("delete");
    }

    @Test
    void tellsTheServerWhenTheDeadlineHasPassed() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        try (Gateway hasty = gateway(builder -> builder.timeout(Duration.ofSeconds(1)))) {
            McpSyncClient client =
                    client(McpSdk.wrap(hasty, "crm", ANN, new Tapped(transport.clientTransport(), sent::add)));
            client.initialize();

            assertThatThrownBy(() -> client.callTool(call("slow")))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            error -> assertThat(error.getJsonRpcError().code()).isEqualTo(ErrorCode.DEADLINE.code()));
            assertThat(sent).last().asString().contains("notifications/cancelled");
        }
    }

    @Test
    void asksForEachCallWhoCalls() {
        AtomicReference<Principal> user = new AtomicReference<>(ANN);
        McpSyncClient client = McpClient.sync(McpSdk.wrap(
                        gateway, "crm", context -> (Principal) context.get("user"), transport.clientTransport()))
                .transportContextProvider(() -> McpTransportContext.create(Map.of("user", user.get())))
                .build();
        opened.add(client);
        client.initialize();

        assertThat(Crm.textOf(client.callTool(call("find")))).isEqualTo("found x");
        user.set(EVE);
        assertThatThrownBy(() -> client.callTool(call("find"))).isInstanceOf(McpError.class);
        assertThat(audit.events()).last().extracting(AuditEvent::principal).isEqualTo("eve");
    }

    /** The SDK's client answers in no context, so who is asked by that would be somebody else. */
    @Test
    void takesAnAnswerToComeFromWhomTheServerHasAsked() {
        AtomicReference<Principal> user = new AtomicReference<>(ANN);
        Function<McpTransportContext, Principal> who =
                context -> context.get("user") instanceof Principal known ? known : EVE;
        McpSyncClient client = McpClient.sync(McpSdk.wrap(gateway, "crm", who, transport.clientTransport()))
                .requestTimeout(Duration.ofSeconds(20))
                .transportContextProvider(() -> McpTransportContext.create(Map.of("user", user.get())))
                .elicitation(request -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of()))
                .build();
        opened.add(client);
        client.initialize();

        assertThat(Crm.textOf(client.callTool(call("ask")))).isEqualTo("the user says ACCEPT");
        user.set(BOB);
        assertThat(Crm.textOf(client.callTool(call("ask")))).isEqualTo("the user says ACCEPT");
        assertThat(audit.events())
                .filteredOn(event -> event.method().equals("mcpgate/answer"))
                .extracting(AuditEvent::principal)
                .containsSubsequence("ann", "bob")
                .doesNotContain("eve");
    }

    @Test
    void forgetsWhomTheServerHasAskedWhenItTakesItsQuestionBack() {
        AtomicInteger asked = new AtomicInteger();
        Function<McpTransportContext, Principal> who = context -> {
            asked.incrementAndGet();
            return ANN;
        };
        Silent server = new Silent(new CopyOnWriteArrayList<>());
        List<JSONRPCMessage> received = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", who, server);
        governed.connect(message -> message.doOnNext(received::add)).block();
        governed.sendMessage(new JSONRPCRequest("2.0", "tools/call", 1, call("find")))
                .block();
        Object question = questionOf(server, received);
        server.comes(new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 9)));

        int before = asked.get();
        governed.sendMessage(accepting(question)).block();

        assertThat(received).last().asString().contains("notifications/cancelled");
        assertThat(asked).as("who it is by now").hasValue(before + 1);
        governed.close();
    }

    private static Object questionOf(Silent server, List<JSONRPCMessage> received) {
        server.comes(new JSONRPCRequest("2.0", "elicitation/create", 9, Map.of("message", "Sure?")));
        return ((JSONRPCRequest) received.get(received.size() - 1)).id();
    }

    private static JSONRPCResponse accepting(Object question) {
        return new JSONRPCResponse("2.0", question, Map.of("action", "accept"), null);
    }

    @Test
    void showsTheHostsContextToSteps() {
        AtomicReference<Object> tenant = new AtomicReference<>();
        try (Gateway looking = gateway(builder -> builder.intercept("look", (call, chain) -> {
            call.attribute(McpSdk.TRANSPORT_CONTEXT).ifPresent(context -> tenant.set(context.get("tenant")));
            return chain.proceed(call);
        }))) {
            McpSyncClient client = McpClient.sync(McpSdk.wrap(looking, "crm", ANN, transport.clientTransport()))
                    .transportContextProvider(() -> McpTransportContext.create(Map.of("tenant", "acme")))
                    .build();
            opened.add(client);
            client.initialize();

            client.callTool(call("find"));

            assertThat(tenant).hasValue("acme");
        }
    }

    @Test
    void carriesTheHostsReactorContextToTheTransport() {
        AtomicReference<Object> context = new AtomicReference<>();
        Tapped tapped = new Tapped(transport.clientTransport(), sent -> {});
        tapped.context = context::set;
        McpSyncClient client = McpClient.sync(McpSdk.wrap(gateway, "crm", ANN, tapped))
                .transportContextProvider(() -> McpTransportContext.create(Map.of("token", "t")))
                .elicitation(request -> new ElicitResult(ElicitResult.Action.DECLINE, null))
                .build();
        opened.add(client);
        client.initialize();
        client.callTool(call("ask"));

        assertThat(((McpTransportContext) context.get()).get("token"))
                .as("also of the answer to the server's question")
                .isEqualTo("t");
    }

    /** A refused name is answered as an unknown one, and for that the server is asked with what its users show it. */
    @Test
    void asksTheServerOfAnUnknownNameInTheContextOfTheRefusedCall() {
        Tapped demanding = new Tapped(transport.clientTransport(), sent -> {});
        demanding.context = context -> {
            if (!(context instanceof McpTransportContext known) || !"t".equals(known.get("token"))) {
                throw new IllegalStateException("401");
            }
        };
        try (Gateway concealing = concealing(builder -> builder)) {
            McpSyncClient client = McpClient.sync(McpSdk.wrap(concealing, "crm", ANN, demanding))
                    .transportContextProvider(() -> McpTransportContext.create(Map.of("token", "t")))
                    .build();
            opened.add(client);
            client.initialize();

            assertThatThrownBy(() -> client.callTool(call("delete")))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            error -> assertThat(error.getJsonRpcError().code()).isEqualTo(-32602));
        }
    }

    @Test
    void takesNothingOnceItIsClosed() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, new Silent(sent));
        governed.connect(received -> received).block();
        governed.closeGracefully().block();

        assertThatThrownBy(() -> governed.sendMessage(new JSONRPCRequest("2.0", "ping", 1, null))
                        .block(Duration.ofSeconds(20)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The transport is not connected");
        assertThat(sent).isEmpty();
    }

    @Test
    void sendsWhenItIsSubscribedToAndAgainWhenItIsAgain() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, new Echo(sent));
        governed.connect(received -> received).block();
        Mono<Void> sending = governed.sendMessage(new JSONRPCRequest("2.0", "ping", 1, null));

        assertThat(sent).isEmpty();
        sending.block();
        sending.block();
        assertThat(sent).hasSize(2);
        governed.close();
    }

    @Test
    void leavesTheSdkItsOwnErrorsSoThatItBeginsANewSession() {
        AtomicInteger left = new AtomicInteger(1);
        AtomicReference<Tapped> losing = new AtomicReference<>();
        losing.set(new Tapped(transport.clientTransport(), message -> {
            if (message instanceof JSONRPCRequest request
                    && request.method().equals("tools/call")
                    && left.getAndDecrement() > 0) {
                McpTransportSessionNotFoundException gone = new McpTransportSessionNotFoundException("gone");
                losing.get().handler.accept(gone); // as the SDK's HTTP transport does
                throw gone;
            }
        }));
        McpSyncClient client = client(McpSdk.wrap(gateway, "crm", ANN, losing.get()));
        client.initialize();

        assertThatThrownBy(() -> client.callTool(call("find")))
                .as("what the SDK itself makes of it")
                .isNotInstanceOf(McpError.class);
        assertThat(Crm.textOf(client.callTool(call("find"))))
                .as("after a second handshake")
                .isEqualTo("found x");
        assertThat(seen).filteredOn("initialize"::equals).hasSize(2);
    }

    /** As it happens over HTTP: the client connects anew before the transport has said that it could not send. */
    @Test
    void saysNothingOfALostSessionInTheNextOne() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, new Silent(sent));
        governed.connect(received -> received).block();
        governed.sendMessage(new JSONRPCRequest("2.0", "ping", 1, null)).block();
        governed.connect(received -> received).block();

        assertThat(sent).as("the ping is not cancelled").hasSize(1);
        governed.close();
    }

    /** As it happens over HTTP: the stream of a call in the session that was lost still brings its response. */
    @Test
    void takesALateResponseOfALostSessionForNoneInTheNextOne() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        Silent server = new Silent(sent);
        List<JSONRPCMessage> received = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, server);
        governed.connect(message -> message).block();
        governed.sendMessage(new JSONRPCRequest("2.0", "ping", 1, null)).block();
        governed.connect(message -> message.doOnNext(received::add)).block();
        governed.sendMessage(new JSONRPCRequest("2.0", "ping", 2, null)).block();

        server.comes(new JSONRPCResponse("2.0", ((JSONRPCRequest) sent.get(0)).id(), Map.of("late", true), null));
        assertThat(received).isEmpty();
        server.comes(new JSONRPCResponse("2.0", ((JSONRPCRequest) sent.get(1)).id(), Map.of("late", false), null));
        assertThat(received).singleElement().asString().contains("late=false");
        governed.close();
    }

    @Test
    void takesALateAnswerOfTheUserForNoneToAQuestionOfTheNextSession() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        Silent server = new Silent(sent);
        List<JSONRPCMessage> received = new CopyOnWriteArrayList<>();
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, server);
        List<Object> questions = new CopyOnWriteArrayList<>();
        for (int session = 1; session <= 2; session++) {
            governed.connect(message -> message.doOnNext(received::add)).block();
            governed.sendMessage(new JSONRPCRequest("2.0", "tools/call", session, call("find")))
                    .block();
            questions.add(questionOf(server, received));
        }

        governed.sendMessage(accepting(questions.get(0))).block();
        assertThat(sent).noneMatch(JSONRPCResponse.class::isInstance);
        governed.sendMessage(accepting(questions.get(1))).block();
        assertThat(sent).last().isInstanceOf(JSONRPCResponse.class);
        governed.close();
    }

    @Test
    void givesUpWhatTheHostWaitsForNoMore() {
        CompletableFuture<Reply> decided = new CompletableFuture<>();
        AtomicReference<Call> waiting = new AtomicReference<>();
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        try (Gateway thinking = gateway(builder -> builder.intercept("think", (call, chain) -> {
            waiting.set(call);
            return decided.thenCompose(any -> chain.proceed(call));
        }))) {
            McpClientTransport governed = McpSdk.wrap(thinking, "crm", ANN, new Echo(sent));
            governed.connect(received -> received).block();
            governed.sendMessage(new JSONRPCRequest("2.0", "tools/call", 1, call("find")))
                    .subscribe()
                    .dispose();

            assertThat(waiting.get().cancellation().isCancelled()).isTrue();
            decided.complete(Reply.accepted());
            assertThat(sent).isEmpty();
            governed.close();
        }
    }

    @Test
    void delegatesTheExceptionHandlerAndTheVersions() {
        List<Throwable> handled = new CopyOnWriteArrayList<>();
        Tapped tapped = new Tapped(transport.clientTransport(), any -> {});
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, tapped);
        governed.setExceptionHandler(handled::add);
        tapped.handler.accept(new IllegalStateException("lost"));

        assertThat(handled).hasSize(1);
        assertThat(governed.protocolVersions()).isEqualTo(List.of("2024-11-05", "2025-11-25"));
        assertThat(governed.unmarshalFrom(Map.of("name", "x"), new TypeRef<CallToolRequest>() {})
                        .name())
                .isEqualTo("x");
    }

    @Test
    void keepsFieldsThatNobodyKnows() {
        AtomicReference<JSONRPCMessage> received = new AtomicReference<>();
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        Echo echo = new Echo(sent);
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, echo);
        governed.connect(message -> message.doOnNext(received::set)).block();
        Map<String, Object> params =
                Map.of("name", "find", "arguments", Map.of(), "unknown", Map.of("a", List.of(1, 2.5)));
        governed.sendMessage(new JSONRPCRequest("2.0", "tools/call", "a-1", params))
                .block();

        assertThat(((JSONRPCRequest) sent.get(0)).params()).isSameAs(params);
        assertThat(received.get().toString()).contains("also unknown").contains("id=a-1");
        governed.close();
    }

    @Test
    void answersNothingThatComesBeforeItIsConnected() {
        McpClientTransport governed = McpSdk.wrap(gateway, "crm", ANN, transport.clientTransport());

        assertThatThrownBy(() -> governed.sendMessage(new JSONRPCRequest("2.0", "ping", 1, null))
                        .block())
                .hasMessageContaining("not connected");
    }

    @Test
    void needsAServerThatTheGatewayKnows() {
        assertThatThrownBy(() -> McpSdk.wrap(gateway, "nope", ANN, transport.clientTransport()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("builder.wrapped(\"nope\")");
    }

    @Test
    void closesTheHostsTransport() {
        Tapped tapped = new Tapped(transport.clientTransport(), any -> {});
        McpSyncClient client = client(McpSdk.wrap(gateway, "crm", ANN, tapped));
        client.initialize();
        client.closeGracefully();

        assertThat(tapped.closed).isTrue();
    }

    @Test
    void letsAStepCallTheServerWhileTheTransportReads() {
        AtomicReference<McpSyncClient> own = new AtomicReference<>();
        AtomicReference<String> found = new AtomicReference<>();
        java.util.concurrent.ExecutorService executor = java.util.concurrent.Executors.newSingleThreadExecutor();
        opened.add(executor::shutdownNow);
        Interceptor blocking = Interceptor.blocking(executor, (call, chain) -> {
            found.set(Crm.textOf(own.get().callTool(call("find"))));
            return chain.apply(call);
        });
        Interceptor onLogs = new Interceptor() {
            @Override
            public Set<Traffic> traffic() {
                return EnumSet.of(Traffic.NOTIFICATION_TO_CLIENT);
            }

            @Override
            public CompletionStage<Reply> intercept(Call call, Chain chain) {
                return call.method().equals("notifications/message")
                        ? blocking.intercept(call, chain)
                        : chain.proceed(call);
            }
        };
        try (Gateway asking = gateway(builder -> builder.intercept("asking", onLogs))) {
            McpSyncClient client = client(McpSdk.wrap(asking, "crm", ANN, transport.clientTransport()));
            own.set(client);
            client.initialize();
            client.callTool(call("work"));

            await().until(() -> logs.size() == 1);
            assertThat(found).hasValue("found x");
        }
    }
}
