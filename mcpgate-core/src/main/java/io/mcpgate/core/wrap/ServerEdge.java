package io.mcpgate.core.wrap;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.ConnectionLost;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The gate's end of a conversation with one server, on whatever transport: what goes to the server comes out at the outlet,
 * and what the server sends is handed in. For transports that have one stream in each direction, as stdio has.
 *
 * <p>Works on the threads that use it and has none of its own; never blocks.
 */
public final class ServerEdge implements Connection {
    private final Duplex duplex;
    private final Runnable onClose;
    private volatile boolean open = true;

    /**
     * A conversation that begins now.
     *
     * @param toServer takes what goes to the server
     * @param origin takes what the server sends on its own
     * @param onClose ends the transport; called once, from {@link #close()}
     */
    public ServerEdge(Outlet toServer, Duplex.Origin origin, Runnable onClose) {
        this(toServer, origin, onClose, new AtomicLong());
    }

    /**
     * As {@link #ServerEdge(Outlet, Duplex.Origin, Runnable)}, on a transport that carries one conversation after another.
     *
     * @param lastId the id that was given last to a request to the server, in any of them: a response that comes late answers
     *     none of the next
     */
    public ServerEdge(Outlet toServer, Duplex.Origin origin, Runnable onClose, AtomicLong lastId) {
        this.duplex = new Duplex(toServer, origin, lastId);
        this.onClose = onClose;
    }

    /**
     * Takes one message of the server; messages whose order matters, one after the other.
     *
     * @return completes, never with an error, when a notification has been taken further, which is the back-pressure; at
     *     once for all other messages
     */
    public CompletionStage<Void> receive(Envelope message) {
        return duplex.receive(message, null);
    }

    /** The transport has ended by itself: calls in flight fail with this reason, which callers may see. */
    public void lost(String why) {
        open = false;
        duplex.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, why));
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        return open ? duplex.send(call) : CompletableFuture.failedFuture(new ConnectionLost("its transport has ended"));
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        boolean first;
        synchronized (this) {
            first = open;
            open = false;
        }
        if (first) {
            duplex.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed"));
            onClose.run();
        }
    }
}
