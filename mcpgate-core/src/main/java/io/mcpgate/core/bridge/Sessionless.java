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

/** The gateway's end as a server of 2026-07-28 sees it: there is no session, only a request and its stream. */
abstract class Sessionless implements Session {

    @Override
    public final String protocolVersion() {
        return ProtocolVersions.MODERN;
    }

    @Override
    public final Optional<Payload> handshake() {
        return Optional.empty();
    }

    @Override
    public final CompletionStage<Reply> deliver(Call call) {
        return call.isNotification()
                ? told(call)
                : CompletableFuture.completedFuture(
                        Reply.failure(ErrorCode.METHOD_NOT_FOUND, "On this revision a server asks within its result"));
    }

    /** Takes a notification further. */
    abstract CompletionStage<Reply> told(Call notification);
}
