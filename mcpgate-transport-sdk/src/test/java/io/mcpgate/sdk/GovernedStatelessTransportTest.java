package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import io.mcpgate.ErrorCode;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.identity.Credential;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class GovernedStatelessTransportTest {
    private final SampleGate governed = new SampleGate(builder -> builder.wrapped("crm"));

    @AfterEach
    void close() {
        governed.close();
    }

    private McpStatelessServerTransport governed(
            Function<McpTransportContext, Credential> who, McpStatelessServerTransport transport) {
        return McpSdk.wrap(governed.gateway, "crm", who, transport, SdkServers.mapper());
    }

    private static JSONRPCRequest request(Object id, String tool) {
        return new JSONRPCRequest(
                "2.0", "tools/call", id, Map.of("name", tool, "arguments", Map.of(), "x-new", List.of(1, 2.5)));
    }

    private static McpTransportContext key(String key) {
        return McpTransportContext.create(Map.of("key", key, "host", "this test"));
    }

    @Test
    void needsAServerThatIsWrapped() {
        assertThatThrownBy(() ->
                        McpSdk.wrap(governed.gateway, "nope", SampleGate::who, new Handing(), SdkServers.mapper()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("builder.wrapped(\"nope\")");
    }

    /** A transport in the tests' own hands. */
    private static final class Handing implements McpStatelessServerTransport {
        private final AtomicBoolean closed = new AtomicBoolean();
        private McpStatelessServerHandler handler;

        @Override
        public void setMcpHandler(McpStatelessServerHandler theHandler) {
            handler = theHandler;
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(() -> closed.set(true));
        }
    }

    /** The server's own handler: echoes, or whatever a test says. */
    private static final class Echo implements McpStatelessServerHandler {
        private final List<McpTransportContext> contexts = new CopyOnWriteArrayList<>();
        private final List<String> notified = new CopyOnWriteArrayList<>();

        @Override
        public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
            contexts.add(context);
            return Mono.just(new JSONRPCResponse("2.0", request.id(), request.params(), null));
        }

        @Override
        public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
            return Mono.fromRunnable(() -> notified.add(notification.method()));
        }
    }

    @Nested
    class AtTheHandler {
        private final Handing transport = new Handing();
        private final Echo echo = new Echo();
        private final McpStatelessServerTransport wrapped = governed(SampleGate::who, transport);

        private JSONRPCResponse send(String key, JSONRPCRequest request) {
            return transport.handler.handleRequest(key(key), request).block();
        }

        @Test
        void passesTheHostsOwnObjectsBothWays() {
            wrapped.setMcpHandler(echo);
            JSONRPCRequest request = request(7, "find");

            JSONRPCResponse response = send("ann", request);

            assertThat(response.id()).isEqualTo(7);
            assertThat(response.result()).isSameAs(request.params());
        }

        @Test
        void tellsTheServerWhoCallsBesideWhatTheHostHasSaid() {
            wrapped.setMcpHandler(echo);

            send("bob", request("a", "find"));

            assertThat(echo.contexts.get(0).get(McpSdk.PRINCIPAL)).isEqualTo("bob");
            assertThat(echo.contexts.get(0).get("host")).isEqualTo("this test");
            assertThat(governed.calls.get(0).attribute(McpSdk.TRANSPORT_CONTEXT))
                    .get()
                    .isEqualTo(key("bob"));
        }

        @Test
        void refusesWithAnErrorUnderTheSameId() {
            wrapped.setMcpHandler(echo);

            JSONRPCResponse response = send("nobody that is known", request("x", "find"));

            assertThat(response.id()).isEqualTo("x");
            assertThat(response.error().code()).isEqualTo(ErrorCode.UNAUTHENTICATED.code());
            assertThat(echo.contexts).isEmpty();
        }

        @Test
        void refusesANameThatIsLongerThanNamesAre() {
            wrapped.setMcpHandler(echo);

            JSONRPCResponse response = send("ann", request("x", "find" + "x".repeat(1_021)));

            assertThat(response.id()).isEqualTo("x");
            assertThat(response.error().code()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
            assertThat(response.error().message()).isEqualTo("A name has at most 1024 characters, and a URI 8192");
            assertThat(echo.contexts).isEmpty();
        }

        /** A request that a stateless server takes is nobody else's, whoever was first. */
        @Test
        void belongsToNobody() {
            wrapped.setMcpHandler(echo);

            assertThat(send("ann", request(1, "find")).error()).isNull();
            assertThat(send("bob", request(1, "find")).error()).isNull();
            assertThat(send("ann", request(1, "find")).error()).isNull();
        }

        @Test
        void keepsTheReactorContextAsFarAsTheServer() {
            wrapped.setMcpHandler(new McpStatelessServerHandler() {
                @Override
                public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
                    return Mono.deferContextual(known -> {
                        McpTransportContext inside = known.get(McpTransportContext.KEY);
                        return Mono.just(new JSONRPCResponse(
                                "2.0",
                                request.id(),
                                Map.of("trace", known.get("trace"), "principal", inside.get(McpSdk.PRINCIPAL)),
                                null));
                    });
                }

                @Override
                public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
                    return Mono.empty();
                }
            });

            JSONRPCResponse response = transport
                    .handler
                    .handleRequest(key("ann"), request(1, "find"))
                    .contextWrite(context -> context.put("trace", "t-1"))
                    .block();

            assertThat(response.result()).isEqualTo(Map.of("trace", "t-1", "principal", "ann"));
        }

        @Test
        void cancelsTheCallWithItsMono() throws Exception {
            CompletableFuture<Void> begun = new CompletableFuture<>();
            CompletableFuture<Void> cancelled = new CompletableFuture<>();
            wrapped.setMcpHandler(new McpStatelessServerHandler() {
                @Override
                public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
                    return Mono.<JSONRPCResponse>never()
                            .doOnSubscribe(subscribed -> begun.complete(null))
                            .doOnCancel(() -> cancelled.complete(null));
                }

                @Override
                public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
                    return Mono.empty();
                }
            });
            Disposable waiting = transport
                    .handler
                    .handleRequest(key("ann"), request(1, "find"))
                    .subscribe();
            begun.get(60, TimeUnit.SECONDS);

            waiting.dispose();

            cancelled.get(60, TimeUnit.SECONDS);
            assertThat(governed.outcomes("tools/call"))
                    .extracting(AuditEvent::outcome)
                    .containsExactly(AuditEvent.Outcome.CANCELLED);
        }

        @Test
        void sendsNothingUntilItIsSubscribedTo() {
            wrapped.setMcpHandler(echo);
            Mono<JSONRPCResponse> response = transport.handler.handleRequest(key("ann"), request(1, "find"));
            assertThat(governed.audit.events()).isEmpty();

            response.block();
            response.block();

            assertThat(echo.contexts).hasSize(2);
        }

        @Test
        void bringsNotificationsAndRefusesThoseOfStrangers() {
            wrapped.setMcpHandler(echo);
            JSONRPCNotification initialized = new JSONRPCNotification("2.0", "notifications/initialized", null);

            transport.handler.handleNotification(key("stranger"), initialized).block();
            assertThat(echo.notified).isEmpty();
            transport.handler.handleNotification(key("ann"), initialized).block();
            assertThat(echo.notified).containsExactly("notifications/initialized");
        }

        /** HOSTS P8: what the container has bound to its thread is there for a server that does not leave it. */
        @Test
        void staysOnTheThreadThatBringsTheCall() {
            List<Thread> threads = new CopyOnWriteArrayList<>();
            wrapped.setMcpHandler(new McpStatelessServerHandler() {
                @Override
                public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
                    threads.add(Thread.currentThread());
                    return Mono.just(new JSONRPCResponse("2.0", request.id(), Map.of(), null));
                }

                @Override
                public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
                    return Mono.empty();
                }
            });

            transport
                    .handler
                    .handleRequest(key("ann"), request(1, "find"))
                    .doOnNext(response -> threads.add(Thread.currentThread()))
                    .block();

            assertThat(threads).containsExactly(Thread.currentThread(), Thread.currentThread());
        }

        /** What broke is for the log; the caller gets an id to find it by. */
        @Test
        void saysNothingOfWhatBrokeInTheServer() {
            wrapped.setMcpHandler(new McpStatelessServerHandler() {
                @Override
                public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
                    return Mono.error(new IllegalStateException("the password is 1234"));
                }

                @Override
                public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
                    return Mono.empty();
                }
            });

            JSONRPCResponse response = send("ann", request(1, "find"));

            assertThat(response.error().code()).isEqualTo(ErrorCode.INTERNAL.code());
            assertThat(response.error().message()).isEqualTo("Internal error");
        }

        /** What one client has said in its handshake is not for another's steps. */
        @Test
        void keepsNoHandshakeForOthers() {
            wrapped.setMcpHandler(echo);
            send("ann", new JSONRPCRequest("2.0", "initialize", 1, Map.of("protocolVersion", "2025-06-18")));
            send("bob", request(2, "find"));

            assertThat(governed.calls.get(1).session().handshake()).isEmpty();
        }

        @Test
        void closesTheTransport() {
            wrapped.closeGracefully().block();

            assertThat(transport.closed).isTrue();
            assertThat(wrapped.protocolVersions()).isEqualTo(transport.protocolVersions());
        }
    }

    @Nested
    class OnHttp implements AutoCloseable {
        private final HttpServletStatelessServerTransport transport = HttpServletStatelessServerTransport.builder()
                .jsonMapper(SdkServers.mapper())
                .messageEndpoint("/mcp")
                .contextExtractor(OnHttp::context)
                .build();
        private final McpStatelessSyncServer server = SdkServers.statelessServer(
                governed(SampleGate::who, transport),
                spec -> spec.toolCall(
                                SdkServers.tool("find"),
                                (context, call) -> SdkServers.text("found for " + SampleServer.caller(context)))
                        .toolCall(SdkServers.tool("delete"), (context, call) -> SdkServers.text("deleted"))
                        .toolCall(SdkServers.tool("rare"), (context, call) -> SdkServers.text("once")));
        private final Jetty jetty = new Jetty(transport);

        private static McpTransportContext context(HttpServletRequest request) {
            String key = Optional.ofNullable(request.getHeader("X-Api-Key")).orElse("");
            return McpTransportContext.create(Map.of("key", key, "host", "HTTP", McpSdk.PRINCIPAL, "forged"));
        }

        @AfterEach
        @Override
        public void close() {
            server.close();
            jetty.close();
        }

        private SampleClient client(String key) {
            return new SampleClient(SdkServers.http(jetty.base(), key));
        }

        @Test
        void bringsCallsOfSeveralAndTellsTheToolWhoTheyAre() {
            SampleClient ann = client("ann").initialized();
            SampleClient bob = client("bob").initialized();

            assertThat(ann.call("find")).isEqualTo("found for ann by HTTP");
            assertThat(bob.call("find")).isEqualTo("found for bob by HTTP");
            assertThat(governed.outcomes("initialize"))
                    .extracting(AuditEvent::principal)
                    .containsExactly("ann", "bob");
        }

        @Test
        void listsOnlyWhatMayBeCalled() {
            assertThat(client("ann").initialized().tools()).containsExactly("find", "rare");
        }

        @Test
        void refusesAToolAsTheServerAnswersUnknownOnes() {
            SampleClient ann = client("ann").initialized();

            Throwable refused = catchThrowable(() -> ann.call("delete"));
            Throwable unknown = catchThrowable(() -> ann.call("find-nothing"));

            assertThat(refused).isInstanceOf(McpError.class);
            assertThat(refused.getMessage().replace("delete", "find-nothing")).isEqualTo(unknown.getMessage());
            assertThat(governed.outcomes("tools/call"))
                    .extracting(AuditEvent::principal, event -> event.target().name(), AuditEvent::verdict)
                    .contains(tuple("ann", "delete", AuditEvent.Verdict.REFUSED));
        }

        @Test
        void throttlesAndSaysSo() {
            SampleClient ann = client("ann").initialized();
            ann.call("rare");

            assertThat(catchThrowable(() -> ann.call("rare")))
                    .isInstanceOfSatisfying(
                            McpError.class,
                            error -> assertThat(error.getJsonRpcError().code()).isEqualTo(429));
        }

        @Test
        void turnsStrangersAway() throws Exception {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(jetty.base() + "/mcp"))
                                    .header("Accept", "application/json, text/event-stream")
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"tools/list\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(answer.body()).contains("\"id\":\"q\"", "\"reason\":\"unauthenticated\"");
        }
    }
}
