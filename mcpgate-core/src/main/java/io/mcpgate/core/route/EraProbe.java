package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a server speaks the era that its client speaks, so that a pair that cannot talk to each other gets a
 * clear error and not whatever the server makes of a message that it does not understand. Modern servers answer
 * {@code server/discover}; asked once for each server, and again after a while if the answer was no.
 */
final class EraProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration NO_LASTS = Duration.ofSeconds(30);

    private volatile boolean modern;
    private volatile long askAgainNanos = System.nanoTime();

    /** A connection that may be used, or why not. */
    record Checked(Connection connection, @Nullable Reply refusal) {}

    CompletionStage<Checked> check(Call call, Connection connection, PooledUpstream upstream) {
        if (!call.session().isModern() || modern || call.method().equals("server/discover")) {
            return CompletableFuture.completedFuture(new Checked(connection, null));
        }
        if (System.nanoTime() - askAgainNanos < 0) {
            return CompletableFuture.completedFuture(new Checked(connection, notModern(call)));
        }
        Call discover = Call.request(RequestId.of(0), "server/discover", metaOf(call), call.session())
                .withPrincipal(call.principal())
                .withServer(upstream.name());
        return Timeouts.within(connection.send(discover), PATIENCE, upstream.timer(), () -> silent(discover))
                .exceptionally(EraProbe::rethrowUnlessSilent)
                .thenApply(reply -> {
                    modern = reply instanceof Reply.Complete
                            || (reply instanceof Reply.Failure failure
                                    && failure.code() == ErrorCode.UNSUPPORTED_VERSION.code());
                    askAgainNanos = System.nanoTime() + NO_LASTS.toNanos();
                    return new Checked(connection, modern ? null : notModern(call));
                });
    }

    private static Throwable silent(Call discover) {
        discover.cancellation().cancel();
        return new Silence();
    }

    private static Reply rethrowUnlessSilent(Throwable error) {
        if (error instanceof Silence || error.getCause() instanceof Silence) {
            return Reply.failure(ErrorCode.DEADLINE, "No answer");
        }
        throw error instanceof RuntimeException known ? known : new UpstreamException("it failed", error);
    }

    private static Payload metaOf(Call call) {
        Map<String, Object> params = new LinkedHashMap<>();
        if (call.params().members().get("_meta") instanceof Map<?, ?> meta) {
            Map<Object, Object> kept = new LinkedHashMap<>(meta);
            kept.remove("progressToken");
            params.put("_meta", kept);
        }
        return Payload.of(params);
    }

    private static Reply notModern(Call call) {
        return Reply.Failure.of(
                ErrorCode.UNSUPPORTED_VERSION,
                "This server speaks only revisions of MCP before " + ProtocolVersions.MODERN
                        + ", and the gateway does not bridge them yet; open the session with initialize",
                Map.of(
                        "supported",
                        ProtocolVersions.LEGACY,
                        "requested",
                        call.session().protocolVersion()));
    }

    private static final class Silence extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
