package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** A bridge before a scripted server of whatever era, and clients of both. */
abstract class EraBridgeFixture {
    static final Duration NO_LASTS = Duration.ofMinutes(5);

    final ManualTimer timer = new ManualTimer();
    ScriptedServer server;
    PooledUpstream pool;
    EraBridge bridge;

    void bridgeTo(ScriptedServer scripted) {
        bridgeTo(scripted, Sharing.SESSION);
    }

    void bridgeTo(ScriptedServer scripted, Sharing sharing) {
        server = scripted;
        pool = new PooledUpstream("crm", server, sharing, PoolLimits.DEFAULT, timer);
        bridge = new EraBridge(pool, Json.READER, timer, timer::nanos);
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    CompletableFuture<Reply> begin(String method, Session session) {
        return begin(Samples.request(method, Map.of("protocolVersion", "2025-11-25"), session));
    }

    CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    Reply send(String method, Session session) {
        return begin(method, session).getNow(null);
    }

    static RecordingSession modernClient() {
        return RecordingSession.modern("m");
    }

    static ScriptedServer bothEras() {
        return ScriptedServer.legacy().on("server/discover", "{'resultType':'complete','supportedVersions':[]}");
    }
}
