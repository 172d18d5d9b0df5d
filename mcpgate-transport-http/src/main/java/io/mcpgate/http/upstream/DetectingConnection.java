package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A connection to a server of which it is not known which transport it speaks: its answer to the handshake shows it
 * (2025-11-25, "Backwards Compatibility"). Whoever refuses that like one who has never heard of Streamable HTTP is asked for
 * the stream of HTTP+SSE, and if there is one, hears the same handshake there.
 */
final class DetectingConnection implements Connection {
    private final Endpoint endpoint;
    private final Duplex.Origin origin;
    private final Runnable onOldTransport;
    private final LegacyConnection streamable;
    private volatile Connection current;
    private boolean closed; // guarded by this

    /**
     * A connection that has not been introduced.
     *
     * @param onOldTransport is told when the server turns out to speak HTTP+SSE
     */
    DetectingConnection(Endpoint endpoint, Duplex.Origin origin, Runnable onOldTransport) {
        this.endpoint = endpoint;
        this.origin = origin;
        this.onOldTransport = onOldTransport;
        this.streamable = new LegacyConnection(endpoint, origin);
        this.current = streamable;
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        CompletionStage<Reply> reply = current.send(call);
        boolean decides = call.method().equals("initialize") && current == streamable;
        return decides ? reply.thenCompose(answer -> decide(call, answer)) : reply;
    }

    private CompletionStage<Reply> decide(Call call, Reply answer) {
        boolean refused = answer instanceof Reply.Failure failure && failure.is(ErrorCode.BAD_UPSTREAM);
        if (!refused || !streamable.mayBeOldTransport()) {
            return CompletableFuture.completedFuture(answer);
        }
        SseConnection other = new SseConnection(endpoint, origin);
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(answer);
            }
            current = other;
        }
        streamable.close();
        return other.open()
                .handle((opened, error) -> error == null ? again(call, opened) : neither(other))
                .thenCompose(Function.identity());
    }

    private CompletionStage<Reply> again(Call call, Connection opened) {
        onOldTransport.run();
        return opened.send(call);
    }

    private CompletionStage<Reply> neither(SseConnection other) {
        int status = streamable.refusedBy();
        Reply.Failure why = other.addressRefused()
                .orElseGet(() -> Reply.Failure.of(
                        ErrorCode.BAD_UPSTREAM,
                        "The server answered HTTP " + status + " to initialize, and does not speak the HTTP+SSE"
                                + " transport of 2024-11-05 either: there is no MCP at this address",
                        Map.of("status", status)));
        return CompletableFuture.completedFuture(why);
    }

    @Override
    public boolean isOpen() {
        return current.isOpen();
    }

    @Override
    public void close() {
        Connection last;
        synchronized (this) {
            closed = true;
            last = current;
        }
        last.close();
    }

    @Override
    public String toString() {
        return "DetectingConnection[" + endpoint + "]";
    }
}
