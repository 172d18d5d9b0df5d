package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The session that does not exist: nobody owns it, so whoever uses it is identified, recorded and turned away. */
enum Unowned implements OwnedSession {
    INSTANCE;

    @Override
    public boolean isOwnedBy(Principal principal) {
        return false;
    }

    @Override
    public String key() {
        return "none";
    }

    @Override
    public String protocolVersion() {
        return ProtocolVersions.ASSUMED;
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return CompletableFuture.completedFuture(PostAnswer.unreachable());
    }
}
