package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Step;
import io.mcpgate.core.identity.OwnedSession;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GovernedSseServerTest extends ServerContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicReference<WeakReference<Session>> latest = new AtomicReference<>();
    private final SampleGate governed =
            new SampleGate(builder -> builder.wrapped("crm").before(Step.ANNOUNCE, "note", this::note));
    private final McpServerTransportProvider provider = SdkServers.Sse.provider(GovernedSseServerTest::context);
    private final SampleServer server =
            new SampleServer(McpSdk.wrap(governed.gateway, "crm", SampleGate::who, provider));
    private final HttpClient http = HttpClient.newHttpClient();
    private Jetty jetty;

    /** The session as its edge has it; steps further in see another one before it. */
    private CompletionStage<Reply> note(Call call, Interceptor.Chain chain) {
        latest.set(new WeakReference<>(call.session()));
        return chain.proceed(call);
    }

    private static McpTransportContext context(HttpServletRequest request) {
        String key = Optional.ofNullable(request.getHeader("X-Api-Key")).orElse("");
        return McpTransportContext.create(Map.of("key", key, "host", "SSE", McpSdk.PRINCIPAL, "forged"));
    }

    @BeforeEach
    void start() {
        jetty = new Jetty(SdkServers.Sse.servlet(provider));
    }

    @AfterEach
    void stop() {
        server.close();
        jetty.close();
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
        return client("ann");
    }

    private SampleClient client(String key) {
        return new SampleClient(SdkServers.Sse.client(jetty.base(), key));
    }

    @Test
    void addsWhoCallsToTheHostsOwnContext() {
        assertThat(client().initialized().call("find")).isEqualTo("found for ann by SSE");
    }

    @Test
    void tellsEachClientApart() {
        SampleClient ann = client("ann").initialized();
        SampleClient bob = client("bob").initialized();

        assertThat(bob.call("find")).isEqualTo("found for bob by SSE");
        assertThat(ann.call("find")).isEqualTo("found for ann by SSE");
    }

    @Test
    void refusesTheHandshakeOfAStranger() {
        Throwable refused = catchThrowable(() -> client("stranger").initialized());

        assertThat(refused).hasStackTraceContaining("The credential is not valid");
        assertThat(governed.calls).isEmpty();
        assertThat(governed.outcomes("initialize"))
                .extracting(AuditEvent::verdict)
                .containsExactly(AuditEvent.Verdict.REFUSED);
    }

    /** The id of a session is no credential; nothing that a stranger sends may reach the stream of its owner. */
    @Test
    void keepsASessionForThePrincipalThatHasOpenedIt() throws Exception {
        try (RawSse ann = new RawSse("ann")) {
            ann.post("ann", request("1", "initialize", HANDSHAKE));
            assertThat(ann.event()).contains("\"id\":1").contains("serverInfo");
            ann.post("ann", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

            assertThat(ann.post("bob", request("2", "tools/call", "{\"name\":\"find\",\"arguments\":{}}")))
                    .isEqualTo(500);
            assertThat(ann.post("stranger", request("3", "tools/call", "{\"name\":\"find\",\"arguments\":{}}")))
                    .isEqualTo(500);
            String unknownRevision = "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2031-01-01\"}}";
            assertThat(ann.post("stranger", request("4", "ping", unknownRevision)))
                    .as("refused before anybody is identified")
                    .isEqualTo(500);
            assertThat(ann.post("ann", request("4", "tools/call", "{\"name\":\"find\",\"arguments\":{}}")))
                    .isEqualTo(200);

            assertThat(ann.event()).contains("\"id\":4").contains("found for ann");
        }
    }

    @Test
    void takesIdsOfAllLengthsAndKeepsNobodyWaitingForWhatCannotBeRead() throws Exception {
        try (RawSse ann = new RawSse("ann")) {
            assertThat(ann.post("ann", request("1000000000000000000", "initialize", HANDSHAKE)))
                    .isEqualTo(200);
            assertThat(ann.event()).contains("\"id\":1000000000000000000").contains("serverInfo");
            ann.post("ann", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

            assertThat(ann.post(
                            "ann",
                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                                    + "\"params\":{\"requestId\":1.5,\"reason\":\"\\ud800\"}}"))
                    .isEqualTo(200);
        }
    }

    @Test
    void letsNobodyElseTakeBackACallOrSpoilIt() throws Exception {
        try (RawSse ann = new RawSse("ann")) {
            ann.post("ann", request("1", "initialize", HANDSHAKE));
            ann.event();
            ann.post("ann", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            CompletableFuture<Integer> waiting =
                    ann.posted("ann", request("2", "tools/call", "{\"name\":\"wait\",\"arguments\":{}}"));
            server.waiting.get(60, TimeUnit.SECONDS);
            String takeBack =
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":2}}";

            ann.post("bob", takeBack);
            ann.post("bob", request("2", "tools/call", "{\"name\":\"find\",\"arguments\":{}}"));
            assertThat(governed.outcomes("tools/call"))
                    .noneMatch(event -> event.outcome() == AuditEvent.Outcome.CANCELLED);
            assertThat(server.stopped).isNotDone();

            ann.post("ann", takeBack);
            server.stopped.get(60, TimeUnit.SECONDS);
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(200);
            ann.post("ann", request("3", "tools/call", "{\"name\":\"find\",\"arguments\":{}}"));
            assertThat(ann.event()).as("the next thing that she reads").contains("\"id\":3");
        }
    }

    /** HOSTS P8: the provider blocks a container's thread for each message; it is given back when the server closes. */
    @Test
    void givesUpWhatIsUnderWayWhenTheServerCloses() throws Exception {
        SampleClient ann = client().initialized();
        CompletableFuture<Throwable> call = ann.failureOf("wait");
        server.waiting.get(60, TimeUnit.SECONDS);

        server.close();

        server.stopped.get(60, TimeUnit.SECONDS);
        assertGivenUp("tools/call");
        call.cancel(true);
    }

    /** The provider drops a client to which it could not send, and closes nothing. */
    @Test
    void holdsNoSessionThatTheProviderHasDropped() throws Exception {
        WeakReference<Session> session;
        try (RawSse ann = new RawSse("ann")) {
            ann.post("ann", request("1", "initialize", HANDSHAKE));
            assertThat(ann.event()).contains("listChanged");
            ann.post("ann", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            session = latest.get();
            assertThat(session.get()).as("the edge's own").isInstanceOf(OwnedSession.class);
        }

        await().atMost(PATIENCE).until(() -> {
            server.server.notifyToolsListChanged();
            governed.calls.clear();
            System.gc();
            return session.get() == null;
        });
    }

    @Test
    void tellsAClientNothingThatHasOnlyConnected() throws Exception {
        try (RawSse bob = new RawSse("bob")) {
            SampleClient ann = client().initialized();

            server.addTool();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(ann.changes).isNotEmpty());
            bob.post("bob", request("1", "initialize", HANDSHAKE));
            assertThat(bob.event()).as("the first thing that he reads").contains("\"id\":1");
        }
    }

    private static final String HANDSHAKE = "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{},"
            + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}";

    private static String request(String id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    /** The wire itself. */
    private final class RawSse implements AutoCloseable {
        private final BufferedReader stream;
        private final URI messages;

        RawSse(String key) throws Exception {
            var opened = http.send(
                    HttpRequest.newBuilder(URI.create(jetty.base() + "/sse"))
                            .header("X-Api-Key", key)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            stream = new BufferedReader(new InputStreamReader(opened.body(), StandardCharsets.UTF_8));
            messages = URI.create(jetty.base() + event());
        }

        String event() throws Exception {
            String line = stream.readLine();
            while (line != null && !line.startsWith("data: ")) {
                line = stream.readLine();
            }
            return line == null ? "" : line.substring("data: ".length());
        }

        int post(String key, String message) {
            return posted(key, message).join();
        }

        CompletableFuture<Integer> posted(String key, String message) {
            return http.sendAsync(
                            HttpRequest.newBuilder(messages)
                                    .header("X-Api-Key", key)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(message))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .thenApply(HttpResponse::statusCode);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
