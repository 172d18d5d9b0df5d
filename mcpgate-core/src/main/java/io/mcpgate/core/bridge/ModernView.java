package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A legacy client's session as a server of 2026-07-28 sees it: there is none, only a request and its stream. */
record ModernView(Session client, Subscription subscription) implements Session {

    @Override
    public String key() {
        return client.key();
    }

    @Override
    public String protocolVersion() {
        return ProtocolVersions.MODERN;
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        if (!call.isNotification()) {
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.METHOD_NOT_FOUND, "On this revision a server asks within its result"));
        }
        return subscription.isFor(call) ? subscription.heard(call) : client.deliver(call.withSession(client));
    }
}
