package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A connector on some engine, in front of a server that does as its script says; over real sockets. */
abstract class ConnectorFixture implements OnEngine {
    static final String OK = "{\"content\":[]}";
    static final String HIDDEN = "{\"tools\":[{\"name\":\"hidden_tool\"}]}";
    static final String SECRET = "Bearer canary-1f4d";

    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final AtomicInteger ids = new AtomicInteger(100);
    HttpEngine engine;
    ScriptedServer server;
    HttpConnector connector;
    PooledUpstream upstream;
    TestSession session;

    /** How many times as fast as usual the engine's clock is. */
    int haste() {
        return 1;
    }

    @BeforeEach
    void start() throws IOException {
        engine = new HurriedEngine(engine(), haste());
        server = new ScriptedServer(this::legacy);
        connect(HttpConnector.builder(server.uri()));
    }

    void connect(HttpConnector.Builder builder) {
        connector = builder.engine(engine).header("Authorization", SECRET).build();
        upstream = new PooledUpstream("up", connector, Sharing.SESSION, PoolLimits.DEFAULT, timer);
        session = new TestSession("2025-11-25");
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
        server.close();
        engine.close();
        timer.shutdownNow();
    }

    /** A well-behaved legacy server with a session and without a general stream. */
    void legacy(ScriptedServer.Received request, ScriptedServer.Out out) throws IOException {
        if (!handshake(request, out)) {
            out.json(request.result(OK));
        }
    }

    boolean handshake(ScriptedServer.Received request, ScriptedServer.Out out) throws IOException {
        switch (request.verb() + " " + request.rpc()) {
            case "POST initialize" ->
                out.json(
                        request.result(
                                "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}"),
                        "Mcp-Session-Id: s-1");
            case "POST notifications/initialized" -> out.empty(202);
            case "GET " -> out.empty(405);
            case "DELETE " -> out.empty(200);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What a host's step has made, and that is no JSON. */
    enum Unwritable implements Payload {
        PARAMS;

        @Override
        public Object value() {
            return Map.of("name", "echo");
        }

        @Override
        public ByteBuffer json() {
            throw new IllegalArgumentException("NaN in hidden_tool");
        }
    }

    interface Then {
        void answer(ScriptedServer.Received request, ScriptedServer.Out out) throws IOException;
    }

    /** The handshake as usual, and then something else. */
    void afterHandshake(Then then) {
        server.script((request, out) -> {
            if (!handshake(request, out)) {
                then.answer(request, out);
            }
        });
    }

    Call call(String method, Map<String, ?> params) {
        return Call.request(RequestId.of(ids.incrementAndGet()), method, Payload.of(params), session);
    }

    Reply send(Call call) {
        return upstream.forward(call)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    Reply echo() {
        return send(call("tools/call", Map.of("name", "echo", "arguments", Map.of())));
    }

    /** Calls a server that answers like that. */
    Reply answered(Then then) {
        afterHandshake(then);
        return send(call("tools/list", Map.of()));
    }

    /** Whatever has happened, the next call is answered, and nothing of an earlier one is left. */
    void stillWorks() {
        server.script(this::legacy);
        assertOk(echo());
        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
    }

    static String text(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    static void assertOk(Reply reply) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Complete.class,
                        complete -> assertThat(text(complete.result())).isEqualTo(OK));
    }

    static void assertFails(Reply reply, ErrorCode kind) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Failure.class, failure -> {
            assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
            assertThat(failure.message()).doesNotContain("hidden_tool").doesNotContain("canary");
            assertThat(failure.data() == null ? "" : text(failure.data())).doesNotContain("hidden_tool");
        });
    }
}
