package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mcpgate.core.identity.Credential;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class GovernedStdioServerTest extends ServerContract {
    private final SampleGate governed = new SampleGate(builder -> builder.wrapped("crm"));
    private Streams streams;
    private SampleServer server;
    private StreamClientTransport transport;

    @BeforeEach
    void start() throws IOException {
        streams = Streams.open();
        transport = new StreamClientTransport(streams.client());
        server = new SampleServer(governed(context -> new Credential.Vouched(SampleGate.ANN), streams));
    }

    private McpServerTransportProvider governed(Function<McpTransportContext, Credential> who, Streams over)
            throws IOException {
        return McpSdk.wrap(
                governed.gateway,
                "crm",
                who,
                new StdioServerTransportProvider(
                        SdkServers.mapper(),
                        over.server().getInputStream(),
                        over.server().getOutputStream()));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        streams.close();
    }

    @Override
    SampleGate governed() {
        return governed;
    }

    @Override
    SampleServer crm() {
        return server;
    }

    @Override
    SampleClient client() {
        return new SampleClient(transport);
    }

    /** HOSTS P6: the provider ends there; what was under way is not left to its time-out. */
    @Test
    void givesUpWhatIsUnderWayWhenTheProviderEndsAtABadLine() throws Exception {
        SampleClient ann = client().initialized();
        CompletableFuture<Throwable> call = ann.failureOf("wait");
        server.waiting.get(60, TimeUnit.SECONDS);

        transport.send("no JSON");

        server.stopped.get(60, TimeUnit.SECONDS);
        assertGivenUp("tools/call");
        call.cancel(true);
    }

    /** An error would end the provider's stream, and with it the session. */
    @Test
    void outlivesAMessageThatSaysNothing() throws Exception {
        SampleClient ann = client().initialized();

        transport.send("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\",\"params\":[1,2]}");

        assertThat(ann.call("find")).startsWith("found");
    }

    @Test
    void governsAnAsyncServerToo() throws Exception {
        try (Streams other = Streams.open()) {
            CompletableFuture<Void> begun = new CompletableFuture<>();
            CompletableFuture<Void> cancelled = new CompletableFuture<>();
            McpAsyncServer async = McpServer.async(governed(context -> new Credential.Vouched(SampleGate.BOB), other))
                    .jsonMapper(SdkServers.mapper())
                    .toolCall(
                            SdkServers.tool("find"),
                            (exchange, call) -> Mono.deferContextual(context -> Mono.just(
                                    SdkServers.text(exchange.transportContext().get(McpSdk.PRINCIPAL) + " and "
                                            + context.<McpTransportContext>get(McpTransportContext.KEY)
                                                    .get(McpSdk.PRINCIPAL)))))
                    .toolCall(
                            SdkServers.tool("wait"),
                            (exchange, call) -> Mono.<McpSchema.CallToolResult>never()
                                    .doOnSubscribe(subscribed -> begun.complete(null))
                                    .doOnCancel(() -> cancelled.complete(null)))
                    .build();
            SampleClient bob = new SampleClient(new StreamClientTransport(other.client())).initialized();

            assertThat(bob.call("find")).isEqualTo("bob and bob");
            CompletableFuture<Throwable> call = bob.failureOf("wait");
            begun.get(60, TimeUnit.SECONDS);
            bob.close();

            cancelled.get(60, TimeUnit.SECONDS);
            assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
            async.close();
        }
    }

    @Test
    void keepsMembersThatNobodyKnows() throws Exception {
        try (Streams other = Streams.open()) {
            McpServerTransportProvider raw = governed(context -> new Credential.Vouched(SampleGate.ANN), other);
            raw.setSessionFactory(outward -> new McpServerSession(
                    "raw",
                    Duration.ofSeconds(60),
                    outward,
                    handshake -> Mono.just(new McpSchema.InitializeResult(
                            handshake.protocolVersion(), null, SdkServers.implementation("raw"), null, null)),
                    Map.of("tools/call", (exchange, params) -> Mono.just(params)),
                    Map.of("notifications/initialized", (exchange, params) -> Mono.empty())));
            StreamClientTransport client = new StreamClientTransport(other.client());
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(other.client().getInputStream(), StandardCharsets.UTF_8));

            client.send("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"initialize\",\"params\":{"
                    + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
            answers.readLine();
            client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            client.send("{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"tools/call\",\"params\":{"
                    + "\"name\":\"find\",\"arguments\":{\"n\":null},\"x-new\":{\"deep\":[1,2.50]}}}");

            assertThat(answers.readLine())
                    .contains("\"id\":\"b\"", "\"x-new\":{\"deep\":[1,2.5", "\"arguments\":{\"n\":null}");
            raw.close();
        }
    }

    /** Where nobody can be named, nobody is let in; it is no reason to end the session. */
    @Test
    void refusesWhenItCannotBeSaidWhoCalls() throws IOException {
        server.close();
        streams.close();
        streams = Streams.open();
        transport = new StreamClientTransport(streams.client());
        server = new SampleServer(governed(
                context -> {
                    throw new IllegalStateException("the host's mistake");
                },
                streams));

        Throwable refused = catchThrowable(() -> client().initialized());

        assertThat(refused).hasStackTraceContaining("Who calls could not be found out");
        assertThat(governed.calls).isEmpty();
    }

    @Test
    void needsAServerThatIsWrapped() {
        assertThatThrownBy(() -> McpSdk.wrap(
                        governed.gateway,
                        "nope",
                        context -> new Credential.None(),
                        new StdioServerTransportProvider(SdkServers.mapper())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("builder.wrapped(\"nope\")");
    }
}
