package io.mcpgate.langchain4j;

import static io.mcpgate.langchain4j.ScriptedTransport.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.McpException;
import dev.langchain4j.mcp.client.McpRoot;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpCallToolRequest;
import dev.langchain4j.mcp.protocol.McpCancellationNotification;
import dev.langchain4j.mcp.protocol.McpInitializeParams;
import dev.langchain4j.mcp.protocol.McpInitializeRequest;
import dev.langchain4j.mcp.protocol.McpRootsListChangedNotification;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GovernedTransportTest {
    private static final Principal ANN = Principal.of("ann", "seller");
    private static final Principal EVE = Principal.of("eve", "nobody");

    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final List<Gateway> gateways = new ArrayList<>();
    private final Gateway gateway = gateway(builder -> builder);
    private final ScriptedTransport server = new ScriptedTransport();
    private final List<McpTransport> transports = new ArrayList<>();
    private final McpTransport governed = wrap(gateway, context -> ANN);
    private final Host host = new Host(governed);

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
                                List.of("find*"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of("roots/list", "elicitation/create"))))))
                .audit(audit);
        Gateway built = more.apply(builder).build();
        gateways.add(built);
        return built;
    }

    private McpTransport wrap(Gateway with, Function<McpCallContext, Principal> who) {
        McpTransport wrapped = McpLangChain4j.wrap(with, "crm", who, server);
        transports.add(wrapped);
        return wrapped;
    }

    /** LangChain4j's own handler, which also notes what it was given. */
    private static final class Host extends McpOperationHandler {
        final List<JsonNode> given = new ArrayList<>();

        Host(McpTransport transport) {
            super(
                    new ConcurrentHashMap<>(),
                    () -> List.of(new McpRoot("here", "file:///here")),
                    transport,
                    log -> {},
                    () -> {},
                    () -> {},
                    () -> {},
                    uri -> {},
                    progress -> {},
                    () -> {},
                    () -> {},
                    (id, reason) -> {});
        }

        @Override
        public void handle(JsonNode message) {
            given.add(message);
            super.handle(message);
        }
    }

    @AfterEach
    void close() throws IOException {
        server.closing = null;
        for (McpTransport transport : transports) {
            transport.close(); // before the gateways, which would wait for what is in flight
        }
        gateways.forEach(Gateway::close);
    }

    private void start() {
        governed.start(host);
        initialize(governed);
    }

    private CompletableFuture<JsonNode> initialize(McpTransport transport) {
        McpInitializeRequest request = new McpInitializeRequest(0L);
        McpInitializeParams params = new McpInitializeParams();
        params.setProtocolVersion("2025-11-25");
        request.setParams(params);
        CompletableFuture<JsonNode> initialized = transport.initialize(request);
        server.comes(
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{}}}");
        return initialized;
    }

    private static McpCallToolRequest call(long id, String tool) {
        ObjectNode arguments = ScriptedTransport.JSON.createObjectNode().put("q", "x");
        return new McpCallToolRequest(id, tool, arguments, "token-" + id);
    }

    private static int code(CompletableFuture<JsonNode> answer) {
        assertThat(answer).isCompleted();
        return answer.join().path("error").path("code").asInt();
    }

    @Nested
    class Requests {
        @Test
        void goOnAsTheVeryObjectsThatTheyWere() {
            start();
            McpCallContext context = new McpCallContext(null, call(7, "find"));
            McpCallToolRequest alone = call(8, "find");
            governed.executeOperationWithResponse(context);
            governed.executeOperationWithResponse(alone);

            assertThat(server.sent.get(1)).isSameAs(context);
            assertThat(server.sent.get(2)).isSameAs(alone);
        }

        @Test
        void areAnsweredWithTheVeryNodeThatCame() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            JsonNode came = json("{\"id\":7,\"result\":{\"content\":[],\"novelty\":{\"a\":[1,2.50]}},\"extra\":true}");
            server.handler.handle(came);

            assertThat(answer.join()).isSameAs(came);
        }

        @Test
        void areAnsweredWithTheVeryErrorThatCame() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            JsonNode came = json("{\"id\":7,\"error\":{\"code\":-32602,\"message\":\"no\",\"data\":[1]}}");
            server.handler.handle(came);

            assertThat(answer.join()).isSameAs(came);
        }

        @Test
        void areRefusedWithAnErrorAndNotSent() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "delete"));

            assertThat(code(answer)).isEqualTo(ErrorCode.FORBIDDEN.code());
            assertThat(answer.join().get("id").asLong()).isEqualTo(7);
            assertThat(server.sent).hasSize(1);
        }

        @Test
        void mayBeChangedByAStep() {
            McpTransport changing = changing((call, chain) -> chain.proceed(
                    call.method().equals("tools/call")
                            ? call.withParams(Payload.of(Map.of("name", "find", "arguments", Map.of("q", "masked"))))
                            : call));
            changing.executeOperationWithResponse(new McpCallContext(null, call(7, "find")));

            assertThat(json(server.lastOnWire().toString()))
                    .isEqualTo(json("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":"
                            + "{\"name\":\"find\",\"arguments\":{\"q\":\"masked\"}}}"));
            assertThat(((McpCallContext) server.sent.get(1)).message().method.name())
                    .isEqualTo("TOOLS_CALL");
        }

        @Test
        void toInitializeStayWhatTransportsKnowThemBy() {
            changing((call, chain) -> chain.proceed(
                    call.method().equals("initialize")
                            ? call.withParams(Payload.of(Map.of("protocolVersion", "2025-06-18")))
                            : call));

            assertThat(server.sent.get(0)).isInstanceOf(McpInitializeRequest.class);
            assertThat(server.wire(0).at("/params/protocolVersion").asText()).isEqualTo("2025-06-18");
        }

        @Test
        void areAnsweredOnTheThreadThatBringsTheAnswer() throws InterruptedException {
            start();
            AtomicReference<Thread> answered = new AtomicReference<>();
            governed.executeOperationWithResponse(call(7, "find"))
                    .thenAccept(node -> answered.set(Thread.currentThread()));
            Thread reader = new Thread(() -> server.comes("{\"id\":7,\"result\":{\"content\":[]}}"));
            reader.start();
            reader.join();

            assertThat(answered.get()).isSameAs(reader);
        }

        @Test
        void mayHaveTheirResultsChanged() {
            McpTransport changing = changing((call, chain) -> chain.proceed(call)
                    .thenApply(reply -> call.method().equals("tools/call")
                            ? Reply.complete(Payload.of(Map.of("content", List.of())))
                            : reply));
            CompletableFuture<JsonNode> answer = changing.executeOperationWithResponse(call(7, "find"));
            server.comes("{\"id\":7,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"secret\"}]}}");

            assertThat(answer.join()).hasToString("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}");
        }

        @Test
        void areSentUnderAnotherIdWhenAStepRepeatsThem() {
            McpTransport repeating = changing((call, chain) -> call.method().equals("tools/call")
                    ? chain.proceed(call).thenCompose(first -> chain.proceed(call))
                    : chain.proceed(call));
            CompletableFuture<JsonNode> answer = repeating.executeOperationWithResponse(call(7, "find"));
            server.comes("{\"id\":7,\"result\":{\"content\":[]}}");
            long second = server.lastOnWire().get("id").asLong();
            server.comes("{\"id\":" + second + ",\"result\":{\"content\":[],\"try\":2}}");

            assertThat(second).isNotEqualTo(7);
            assertThat(answer.join())
                    .hasToString("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[],\"try\":2}}");
        }

        private McpTransport changing(Interceptor step) {
            Gateway with = gateway(builder -> builder.intercept("change", step));
            McpTransport transport = wrap(with, context -> ANN);
            transport.start(host);
            initialize(transport);
            return transport;
        }

        @Test
        void failAsTheTransportFails() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            server.futures.get(1).completeExceptionally(new IOException("Unexpected status code: 500"));

            assertThat(answer).isCompletedExceptionally();
            assertThatThrownBy(answer::join).hasCauseInstanceOf(IOException.class);
            assertThat(audit.events()).last().extracting(AuditEvent::errorCode).isEqualTo(ErrorCode.UNAVAILABLE.code());
        }

        @Test
        void failWhenTheTransportThrows() {
            start();
            server.broken = new IllegalStateException("no pipe");

            assertThatThrownBy(governed.executeOperationWithResponse(call(7, "find"))::join)
                    .hasRootCauseMessage("no pipe");
            assertThatThrownBy(() -> governed.executeOperationWithoutResponse(new McpRootsListChangedNotification()))
                    .hasMessage("no pipe");
        }

        @Test
        void areRefusedUnderAnIdThatIsInFlight() {
            start();
            CompletableFuture<JsonNode> first = governed.executeOperationWithResponse(call(7, "find"));

            assertThat(code(governed.executeOperationWithResponse(call(7, "find"))))
                    .isEqualTo(ErrorCode.INVALID_REQUEST.code());
            assertThat(first).isNotDone();
            assertThat(audit.events())
                    .as("a refusal is recorded, whoever refuses")
                    .last()
                    .extracting(AuditEvent::method, AuditEvent::reason)
                    .containsExactly("mcpgate/refused", "A request with this id is in flight already");
        }

        @Test
        void needATransportThatWasStarted() {
            assertThatThrownBy(() -> governed.executeOperationWithResponse(call(7, "find")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not been started");
        }

        @Test
        void toInitializeFailWhenTheyAreRefusedBecauseLangChain4jOverlooksErrors() {
            McpTransport nobodys = McpLangChain4j.wrap(gateway, "crm", Principal.UNIDENTIFIED, server);
            nobodys.start(host);

            assertThatThrownBy(nobodys.initialize(new McpInitializeRequest(0L))::join)
                    .hasCauseInstanceOf(McpException.class);
            assertThat(server.sent).isEmpty();
        }

        @Test
        void areMadeByWhomeverTheContextSays() {
            McpTransport shared = wrap(
                    gateway, context -> Long.valueOf(9).equals(context.message().getId()) ? EVE : ANN);
            shared.start(host);
            initialize(shared);

            assertThat(shared.executeOperationWithResponse(call(8, "find"))).isNotDone();
            assertThat(code(shared.executeOperationWithResponse(call(9, "find"))))
                    .isEqualTo(ErrorCode.NOT_FOUND.code());
        }

        @Test
        void showTheirContextToSteps() {
            AtomicReference<McpCallContext> shown = new AtomicReference<>();
            McpTransport looking = changing((call, chain) -> {
                call.attribute(McpLangChain4j.CALL_CONTEXT).ifPresent(shown::set);
                return chain.proceed(call);
            });
            McpCallContext context = new McpCallContext(null, call(7, "find"));
            looking.executeOperationWithResponse(context);

            assertThat(shown.get()).isSameAs(context);
        }

        /** A refused name is answered as an unknown one, and for that the server is asked with what its users show it. */
        @Test
        void lendTheirContextToWhatTheGatewayAsksOnTheirAccount() {
            InvocationContext invocation = InvocationContext.builder().build();
            McpTransport concealing = wrap(concealing(builder -> builder), context -> ANN);
            concealing.start(host);
            initialize(concealing);

            concealing.executeOperationWithResponse(new McpCallContext(invocation, call(7, "delete")));

            assertThat(server.lastOnWire().at("/params/name").asText()).startsWith("mcpgate-unknown-");
            assertThat(server.sent)
                    .last()
                    .isInstanceOfSatisfying(
                            McpCallContext.class,
                            context -> assertThat(context.invocationContext()).isSameAs(invocation));
        }
    }

    @Nested
    class Cancelling {
        @Test
        void theFutureCancelsTheCallAtTheServer() {
            start();
            governed.executeOperationWithResponse(call(7, "find")).cancel(true);

            assertThat(server.futures.get(1)).isCancelled();
            assertThat(server.lastOnWire().get("method").asText()).isEqualTo("notifications/cancelled");
            assertThat(server.lastOnWire().at("/params/requestId").asLong()).isEqualTo(7);
            assertThat(audit.events()).last().extracting(AuditEvent::errorCode).isEqualTo(ErrorCode.CANCELLED.code());
        }

        @Test
        void byNotificationIsToldOnce() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            governed.executeOperationWithoutResponse(new McpCancellationNotification(7L, "Timeout"));
            answer.cancel(true);
            governed.executeOperationWithoutResponse(new McpCancellationNotification(7L, "Timeout"));

            assertThat(server.sent).hasSize(3);
            assertThat(server.lastOnWire().get("method").asText()).isEqualTo("notifications/cancelled");
        }

        @Test
        void byTheDeadlineIsToldToTheServerAndAnswered() {
            Gateway hasty = gateway(builder -> builder.timeout(Duration.ofMillis(100)));
            McpTransport transport = wrap(hasty, context -> ANN);
            transport.start(host);
            initialize(transport);
            CompletableFuture<JsonNode> answer = transport.executeOperationWithResponse(call(7, "find"));

            Awaitility.await().until(answer::isDone);
            assertThat(code(answer)).isEqualTo(ErrorCode.DEADLINE.code());
            assertThat(server.lastOnWire().get("method").asText()).isEqualTo("notifications/cancelled");
        }

        @Test
        void byTheServerEndsTheFutureAsLangChain4jDoes() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            server.comes("{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7,\"reason\":\"enough\"}}");

            assertThatThrownBy(answer::get)
                    .isInstanceOfAny(CancellationException.class, java.util.concurrent.ExecutionException.class);
            assertThat(answer).isCompletedExceptionally();
            assertThat(server.sent).as("the server need not be told").hasSize(2);
        }
    }

    @Nested
    class TheServer {
        @Test
        void isAnsweredUnderItsOwnIdByTheHost() {
            start();
            server.comes("{\"jsonrpc\":\"2.0\",\"id\":\"r-1\",\"method\":\"roots/list\"}");

            assertThat(server.lastOnWire())
                    .hasToString("{\"jsonrpc\":\"2.0\",\"id\":\"r-1\",\"result\":{\"roots\":"
                            + "[{\"name\":\"here\",\"uri\":\"file:///here\"}]}}");
        }

        @Test
        void getsNoAnswerMixedUpWithACallOfTheSameNumber() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(1, "find"));
            server.comes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\"}");
            server.comes("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}");

            assertThat(answer.join().at("/result/content").isArray()).isTrue();
        }

        @Test
        void isToldWhatItMayNotAsk() {
            start();
            server.comes("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"sampling/createMessage\",\"params\":{}}");

            assertThat(server.lastOnWire().get("id").asLong()).isEqualTo(5);
            assertThat(server.lastOnWire().has("error")).isTrue();
            assertThat(host.given).noneMatch(message -> message.has("method"));
        }

        @Test
        void mayAskWhatOnlyAnotherHandlerKnows() {
            start();
            server.comes("{\"id\":5,\"method\":\"elicitation/create\",\"params\":{\"message\":\"Sure?\"}}");

            assertThat(host.given)
                    .last()
                    .extracting(message -> message.at("/params/message").asText())
                    .isEqualTo("Sure?");
        }

        @Test
        void mayWithdrawARequestWithoutHarmToACallOfTheSameNumber() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(5, "find"));
            server.comes("{\"id\":5,\"method\":\"elicitation/create\",\"params\":{\"message\":\"Sure?\"}}");
            server.comes("{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}");

            assertThat(answer).isNotDone();
            assertThat(server.sent).hasSize(2);
        }

        @Test
        void isHeardInItsOwnWords() {
            start();
            governed.executeOperationWithResponse(call(7, "find"));
            JsonNode progress = json("{\"method\":\"notifications/progress\",\"extra\":1,"
                    + "\"params\":{\"progressToken\":\"token-7\",\"progress\":0.5}}");
            server.handler.handle(progress);

            assertThat(host.given).last().isSameAs(progress);
            assertThat(audit.events()).isNotEmpty();
        }

        @Test
        void isNotHeardOnProgressOfNothing() {
            start();
            int before = host.given.size();
            server.comes(
                    "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\"other\",\"progress\":1}}");

            assertThat(host.given).hasSize(before);
        }

        @Test
        void doesNotStopTheReaderWithWhatIsNoMessage() {
            start();
            for (String strange : List.of(
                    "[]",
                    "7",
                    "null",
                    "{}",
                    "{\"method\":7}",
                    "{\"id\":null,\"method\":\"ping\"}",
                    "{\"id\":1.5,\"method\":\"ping\"}",
                    "{\"id\":99,\"result\":{}}",
                    "{\"method\":\"notifications/cancelled\"}")) {
                server.comes(strange);
            }
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));
            server.comes("{\"id\":7,\"result\":{\"content\":[]}}");

            assertThat(answer).isCompleted();
        }

        @Test
        void isNotHeardBeforeItsClient() {
            governed.start(host);
            server.comes("{\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"early\"}}");

            assertThat(host.given).isEmpty();
        }
    }

    @Nested
    class TheTransport {
        @Test
        void mayBeStartedAgain() {
            start();
            CompletableFuture<JsonNode> lost = governed.executeOperationWithResponse(call(7, "find"));
            McpOperationHandler before = server.handler;
            start();
            before.cancelAllPendingOperations("Process has exited");
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(8, "find"));
            server.comes("{\"id\":8,\"result\":{\"content\":[]}}");

            assertThat(lost).isCompletedExceptionally();
            assertThat(answer).isCompleted();
        }

        @Test
        void goesOnCountingWhatItAsksOfTheServerWhenItIsStartedAgain() {
            Gateway repeating = gateway(builder -> builder.intercept(
                    "repeat",
                    (call, chain) -> call.method().equals("tools/call")
                            ? chain.proceed(call).thenCompose(first -> chain.proceed(call))
                            : chain.proceed(call)));
            McpTransport transport = wrap(repeating, context -> ANN);
            List<JsonNode> repeated = new ArrayList<>();
            for (long id = 7; id <= 8; id++) {
                transport.start(host);
                initialize(transport);
                transport.executeOperationWithResponse(call(id, "find"));
                server.comes("{\"id\":" + id + ",\"result\":{\"content\":[]}}");
                repeated.add(server.lastOnWire().get("id"));
            }

            assertThat(repeated).doesNotHaveDuplicates();
        }

        @Test
        void goesOnCountingWhatItAsksOfTheHostWhenItIsStartedAgain() {
            for (int i = 1; i <= 2; i++) {
                start();
                server.comes("{\"id\":5,\"method\":\"elicitation/create\",\"params\":{\"message\":\"Sure?\"}}");
            }

            assertThat(host.given)
                    .filteredOn(message -> message.path("method").asText().equals("elicitation/create"))
                    .extracting(message -> message.get("id"))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
        }

        @Test
        void failsWhatIsCalledWhileItStartsAgain() {
            start();
            List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
            server.starting = () -> answers.add(governed.executeOperationWithResponse(call(7, "find")));
            start();

            assertThat(answers)
                    .singleElement()
                    .satisfies(answer -> assertThat(code(answer)).isEqualTo(ErrorCode.UNAVAILABLE.code()));
            assertThat(server.sent).as("two handshakes").hasSize(2);
        }

        @Test
        void mayBeStartedAgainWhenItCouldNotStart() {
            start();
            server.starting = () -> {
                throw new IllegalStateException("No such program");
            };

            assertThatThrownBy(() -> governed.start(host)).hasMessage("No such program");
            assertThat(code(governed.executeOperationWithResponse(call(7, "find"))))
                    .isEqualTo(ErrorCode.UNAVAILABLE.code());

            server.starting = () -> {};
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(8, "find"));
            server.comes("{\"id\":8,\"result\":{\"content\":[]}}");

            assertThat(answer).isCompleted();
        }

        @Test
        void isAskedForEverythingElse() {
            List<String> ran = new ArrayList<>();

            assertThatThrownBy(governed::checkHealth)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("I am not well");
            governed.onFailure(() -> ran.add("failed"));
            assertThat(ran).containsExactly("failed");
            assertThat(governed).isNotEqualTo(server).hasToString("GovernedTransport[crm over Scripted]");
            assertThat(Set.of(governed)).contains(governed);
        }

        @Test
        void isClosedAndWithItWhatWaits() {
            start();
            CompletableFuture<JsonNode> answer = governed.executeOperationWithResponse(call(7, "find"));

            server.closing = new IOException("closed");

            assertThatThrownBy(governed::close).isInstanceOf(IOException.class).hasMessage("closed");
            assertThat(answer).isCompletedExceptionally();
            assertThat(server.sent).as("nobody is told on a closed transport").hasSize(2);
        }

        @Test
        void isClosedAlsoIfACallThrowsWhenItIsCancelled() {
            List<Call> begun = new ArrayList<>();
            McpTransport transport = wrap(
                    gateway(builder -> builder.drain(Duration.ofMillis(10)).intercept("Waiting", waiting(begun))),
                    any -> ANN);
            transport.start(host);
            initialize(transport);
            transport.executeOperationWithResponse(call(7, "find"));
            transport.executeOperationWithResponse(call(8, "find"));

            assertThatThrownBy(transport::close).hasMessage("It cannot be told");

            assertThat(begun).hasSize(2).allMatch(call -> call.cancellation().isCancelled());
            assertThat(server.asked).containsExactly("close");
        }

        private Interceptor waiting(List<Call> begun) {
            return (call, chain) -> {
                if (!call.method().equals("tools/call")) {
                    return chain.proceed(call);
                }
                begun.add(call);
                call.cancellation().onCancel(() -> {
                    throw new IllegalStateException("It cannot be told");
                });
                return new CompletableFuture<>();
            };
        }

        @Test
        void needsAServerThatTheGatewayKnows() {
            assertThatThrownBy(() -> McpLangChain4j.wrap(gateway, "nope", ANN, server))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("builder.wrapped(\"nope\")");
        }
    }
}
