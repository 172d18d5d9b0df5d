package io.mcpgate.core.route;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.route.Upstream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A governed server that is reached by transports of the host: each call brings along the way on which it goes on, which is
 * the one that its client has always had. There are as many ways as the host has wrapped transports under this name.
 */
public final class WrappedUpstream implements Upstream {
    /** Under this key a call carries its way to the server; the stage may fail with an {@link UpstreamException}. */
    public static final AttributeKey<Onward> ONWARD = AttributeKey.inherited("onward", Onward.class);

    private final String name;

    /** The server of that name. */
    public WrappedUpstream(String name) {
        this.name = name;
    }

    /** The way on for one call. */
    @FunctionalInterface
    public interface Onward {
        /** Sends a call, whose session is the way back through the gate. */
        CompletionStage<Reply> send(Call call);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        Onward way = call.attribute(ONWARD).orElse(null);
        if (way == null) {
            return CompletableFuture.completedFuture(Reply.failure(
                    ErrorCode.UNAVAILABLE,
                    "The server \"" + name
                            + "\" is reached only by the clients whose transports its host has wrapped"));
        }
        CompletionStage<Reply> sent = way.send(call);
        if (Ready.is(sent)) {
            return sent;
        }
        return sent.handle((reply, error) -> error == null
                        ? CompletableFuture.<Reply>completedFuture(reply)
                        : unreachable(error instanceof CompletionException wrapped ? wrapped.getCause() : error))
                .thenCompose(Function.identity());
    }

    private CompletionStage<Reply> unreachable(@Nullable Throwable error) {
        return error instanceof UpstreamException known
                ? CompletableFuture.completedFuture(Reply.failure(
                        ErrorCode.UNAVAILABLE, "The server \"" + name + "\" cannot be reached: " + known.getMessage()))
                : CompletableFuture.failedFuture(error == null ? new IllegalStateException("no reply") : error);
    }

    /** Does nothing: who has opened the transports closes them. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "WrappedUpstream[" + name + "]";
    }
}
