package io.mcpgate.contract;

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

/** A client's end that keeps what it is told, for tests without a transport. */
public final class RecordingSession implements Session {
    private final String key;
    private final String protocolVersion;
    private final List<Call> delivered = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Reply> answers =
            call -> call.isNotification() ? Reply.accepted() : Reply.complete(Payload.empty());

    private volatile Payload handshake;

    private RecordingSession(String key, String protocolVersion) {
        this.key = key;
        this.protocolVersion = protocolVersion;
        this.handshake = Payload.of(Map.of(
                "protocolVersion",
                protocolVersion,
                "capabilities",
                Map.of(),
                "clientInfo",
                Map.of("name", "test", "version", "1")));
    }

    /** A client of 2025-11-25 that has made its handshake. */
    public static RecordingSession legacy(String key) {
        return new RecordingSession(key, "2025-11-25");
    }

    /** A client of 2026-07-28. */
    public static RecordingSession modern(String key) {
        return new RecordingSession(key, "2026-07-28");
    }

    /** How this client answers from now on. */
    public RecordingSession answering(Function<Call, Reply> how) {
        answers = how;
        return this;
    }

    /** The params of this client's {@code initialize}. */
    public RecordingSession introducedBy(Payload params) {
        handshake = params;
        return this;
    }

    /** What was delivered, in order. */
    public List<Call> delivered() {
        return delivered;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String protocolVersion() {
        return protocolVersion;
    }

    @Override
    public Optional<Payload> handshake() {
        return isModern() ? Optional.empty() : Optional.of(handshake);
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        delivered.add(call);
        return CompletableFuture.completedFuture(answers.apply(call));
    }
}
