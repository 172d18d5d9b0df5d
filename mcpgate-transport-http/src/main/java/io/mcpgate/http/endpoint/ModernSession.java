package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.WithinRequests;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The session of one request of 2026-07-28, which describes itself. Only what belongs to that request reaches its client:
 * there is no general stream, and a server asks within its result and not by requests.
 *
 * @param key unguessable, never on the wire
 * @param protocolVersion the revision that the request names
 * @param answer the answer to the request
 */
record ModernSession(String key, String protocolVersion, PostAnswer answer) implements OwnedSession {

    /** Whoever makes the request owns its session. */
    @Override
    public boolean isOwnedBy(Principal principal) {
        return true;
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        if (!call.isNotification()) {
            return CompletableFuture.completedFuture(WithinRequests.askedOtherwise());
        }
        boolean ours = call.parent()
                .flatMap(parent -> parent.attribute(PostAnswer.KEY))
                .filter(home -> home == answer)
                .isPresent();
        return ours && WithinRequests.isTold(call)
                ? answer.send(Frame.request(null, call.method(), call.params()))
                        .handle((sent, error) -> error == null ? Reply.accepted() : PostAnswer.unreachable())
                : CompletableFuture.completedFuture(PostAnswer.unreachable());
    }

    @Override
    public String toString() {
        return "ModernSession[" + protocolVersion + "]";
    }
}
