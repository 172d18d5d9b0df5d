package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.Credential;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that has passed the front door.
 *
 * @param http the exchange
 * @param out the way to answer it
 * @param server the governed server of the path; empty for the merged catalog
 * @param governed whether there is such a server; then, and for the merged catalog, calls may go on
 * @param credential what the client showed
 * @param accepts what the client takes as an answer
 */
record Visit(
        HttpExchange http,
        Responder out,
        Optional<String> server,
        boolean governed,
        Credential credential,
        Accepts accepts) {
    private static final Logger LOG = LoggerFactory.getLogger(McpEndpoint.class);

    /** The call with what the request says about its caller and its server. */
    Call dress(Call call) {
        Call shown = call.with(Credential.KEY, credential);
        return server.isPresent() && governed ? shown.withServer(server.get()) : shown;
    }

    /** Does something with the reply once it is there; if that breaks, the client still gets an answer. */
    void settle(CompletionStage<Reply> reply, Consumer<Reply> use) {
        reply.thenAccept(use).exceptionally(broken -> {
            broke(broken);
            return null;
        });
    }

    /** The unexpected, of which the client learns nothing. */
    void broke(Throwable unexpected) {
        LOG.error("Answering a {} broke", http.method(), unexpected);
        out.refuse(Refusal.of(500, ErrorCode.INTERNAL, "Internal error"));
    }

    @Override
    public String toString() {
        return "Visit[" + http.method() + "]";
    }
}
