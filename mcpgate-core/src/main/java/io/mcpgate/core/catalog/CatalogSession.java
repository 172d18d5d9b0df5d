package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.protocol.ForwardingSession;
import java.util.concurrent.CompletionStage;

/** A session as one of the catalog's servers sees it: what the client is told is told in the catalog's words. */
final class CatalogSession extends ForwardingSession implements OwnedSession {
    private final ServerTerms terms;

    CatalogSession(Session session, ServerTerms terms) {
        super(session);
        this.terms = terms;
    }

    @Override
    public boolean isOwnedBy(Principal principal) {
        return !(session() instanceof OwnedSession owned) || owned.isOwnedBy(principal);
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        Payload params = terms.told(call.method(), call.params());
        Call told = params == call.params() ? call : call.withParams(params);
        CompletionStage<Reply> reply = session().deliver(told.withSession(session()));
        return call.isNotification() ? reply : reply.thenApply(answer -> terms.answer(call.method(), answer));
    }
}
