package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A client's end that keeps what it is given. */
final class TestSession implements Session {
    static final Payload HANDSHAKE = Payload.of(Map.of(
            "protocolVersion",
            "2025-11-25",
            "capabilities",
            Map.of(),
            "clientInfo",
            Map.of("name", "test", "version", "1")));

    private final String version;
    private final String key;
    private final List<Call> delivered = new CopyOnWriteArrayList<>();
    private volatile Function<Call, CompletionStage<Reply>> client = call -> CompletableFuture.completedFuture(
            call.isNotification() ? Reply.accepted() : Reply.complete(Payload.of(Map.of("answered", call.method()))));

    TestSession(String version) {
        this(version, "session-of-" + version);
    }

    TestSession(String version, String key) {
        this.version = version;
        this.key = key;
    }

    void client(Function<Call, CompletionStage<Reply>> behaviour) {
        client = behaviour;
    }

    List<Call> delivered() {
        return delivered;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String protocolVersion() {
        return version;
    }

    @Override
    public Optional<Payload> handshake() {
        return isModern() ? Optional.empty() : Optional.of(HANDSHAKE);
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        delivered.add(call);
        return client.apply(call);
    }
}
