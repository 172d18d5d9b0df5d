package io.mcpgate.http.upstream;

import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Opens connections of the legacy era, by the transport that the server speaks. Safe for use by many threads. */
final class LegacyEntrance {
    private final Endpoint endpoint;
    private final LegacyTransport transport;
    private volatile boolean speaksOldTransport; // found out, until it fails

    LegacyEntrance(Endpoint endpoint, LegacyTransport transport) {
        this.endpoint = endpoint;
        this.transport = transport;
    }

    CompletionStage<Connection> connect(Duplex.Origin origin) {
        return switch (transport) {
            case STREAMABLE_HTTP -> CompletableFuture.completedFuture(new LegacyConnection(endpoint, origin));
            case HTTP_SSE -> new SseConnection(endpoint, origin).open();
            case DETECT -> speaksOldTransport ? asBefore(origin) : detect(origin);
        };
    }

    private CompletionStage<Connection> detect(Duplex.Origin origin) {
        return CompletableFuture.completedFuture(
                new DetectingConnection(endpoint, origin, () -> speaksOldTransport = true));
    }

    private CompletionStage<Connection> asBefore(Duplex.Origin origin) {
        return new SseConnection(endpoint, origin)
                .open()
                .handle((opened, error) -> {
                    if (error == null) {
                        return CompletableFuture.completedFuture(opened);
                    }
                    speaksOldTransport = false;
                    return detect(origin);
                })
                .thenCompose(Function.identity());
    }
}
