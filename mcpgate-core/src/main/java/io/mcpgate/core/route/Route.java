package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.protocol.EdgeCheck;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The end of the chain towards servers: asks the router, and hands the call to the upstream. */
public final class Route implements Interceptor.Chain {
    private final Router router;
    private final HostPatience patience;
    private final UnaryOperator<Session> governed;

    /**
     * Routes by {@code router}.
     *
     * @param patience with the router, for calls without a deadline
     * @param governed makes a session whose {@link Session#deliver} passes the steps on the way to the client
     */
    public Route(Router router, HostPatience patience, UnaryOperator<Session> governed) {
        this.router = router;
        this.patience = patience;
        this.governed = governed;
    }

    @Override
    public CompletionStage<Reply> proceed(Call call) {
        if (LocalCall.is(call)) {
            return CompletableFuture.completedFuture(Reply.accepted());
        }
        if (call.method().startsWith(LocalCall.PREFIX)) {
            return refuse(ErrorCode.METHOD_NOT_FOUND, "Method not found");
        }
        return Ready.thenCompose(patience.with(router.route(call), call), upstream -> forward(call, upstream));
    }

    private CompletionStage<Reply> forward(Call call, Optional<Upstream> upstream) {
        if (upstream.isEmpty()) {
            return refuse(ErrorCode.NOT_FOUND, "No such server");
        }
        if (call.cancellation().isCancelled()) {
            return refuse(ErrorCode.CANCELLED, "The call was cancelled");
        }
        Optional<Reply.Failure> refused = call.attribute(EdgeCheck.KEY).flatMap(EdgeCheck::refuse);
        if (refused.isPresent()) {
            return CompletableFuture.completedFuture(refused.get());
        }
        return upstream.get().forward(call.withSession(governed.apply(call.session())));
    }

    private static CompletionStage<Reply> refuse(ErrorCode kind, String message) {
        return CompletableFuture.completedFuture(Reply.failure(kind, message));
    }
}
