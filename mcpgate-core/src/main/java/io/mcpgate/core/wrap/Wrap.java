package io.mcpgate.core.wrap;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.stage.Closing;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One conversation between a client and a server of somebody else's stack, with the gate between them.
 *
 * <pre>{@code
 * Wrap wrap = Wrap.open(gate, "crm", Principal.of("ann", "sales"), toClient, origin -> serverEdge);
 * wrap.client().receive(message); // each message of the client, as an Envelope
 * serverEdge.receive(message);    // each message of the server
 * }</pre>
 *
 * <p>The conversation stays the host's: the gate neither opens, repeats nor closes it, and adds no thread. What the client
 * sends goes on to this server and to no other.
 */
public final class Wrap implements AutoCloseable {
    private final ClientEdge client;
    private final Connection connection;

    private Wrap(ClientEdge client, Connection connection) {
        this.client = client;
        this.connection = connection;
    }

    /**
     * A conversation whose client the host vouches for: it is this principal, or for a single message another one if its
     * call is dressed with another credential.
     *
     * @param server a server that the gateway has been told of by {@code builder.wrapped(server)}
     * @param toClient takes what goes to the client
     * @param toServer makes the way to the server, most often a {@link ServerEdge}
     * @throws IllegalArgumentException if the gateway has no such server, or has a connector of its own for it
     */
    public static Wrap open(
            Gate gate,
            String server,
            Principal principal,
            Outlet toClient,
            Function<? super Duplex.Origin, ? extends Connection> toServer) {
        return open(gate, server, principal, toClient, toServer, new AtomicLong());
    }

    /**
     * As {@link #open(Gate, String, Principal, Outlet, Function)}, for a client that has one conversation after another on the
     * same transport.
     *
     * @param lastId the id that was given last to a request to the client, in any of them: an answer that comes late answers
     *     none of the next
     * @throws IllegalArgumentException if the gateway has no such server, or has a connector of its own for it
     */
    public static Wrap open(
            Gate gate,
            String server,
            Principal principal,
            Outlet toClient,
            Function<? super Duplex.Origin, ? extends Connection> toServer,
            AtomicLong lastId) {
        return open(
                gate, server, toServer, onward -> ClientEdge.open(gate, server, principal, onward, toClient, lastId));
    }

    /**
     * A conversation whose client shows a credential with each message, by which its call is dressed. It belongs to the
     * principal that opens it.
     *
     * @throws IllegalArgumentException if the gateway has no such server, or has a connector of its own for it
     */
    public static Wrap open(
            Gate gate, String server, Outlet toClient, Function<? super Duplex.Origin, ? extends Connection> toServer) {
        return open(gate, server, toServer, onward -> ClientEdge.open(gate, server, onward, toClient));
    }

    private static Wrap open(
            Gate gate,
            String server,
            Function<? super Duplex.Origin, ? extends Connection> toServer,
            Function<UnaryOperator<Call>, ClientEdge> open) {
        requireWrapped(gate, server);
        Way way = new Way(server);
        Connection connection = toServer.apply(way);
        way.connection = connection;
        return new Wrap(open.apply(call -> call.with(WrappedUpstream.ONWARD, way)), connection);
    }

    /**
     * Says early what {@link #open} would say late.
     *
     * @throws IllegalArgumentException if the gateway has no such server, or has a connector of its own for it
     */
    public static void requireWrapped(Gate gate, String server) {
        if (!gate.wraps(server)) {
            throw new IllegalArgumentException(
                    gate.governs(server)
                            ? "The server \"" + server + "\" has a connector; name one that builder.wrapped(…) knows"
                            : "This gateway knows no wrapped server \"" + server + "\": builder.wrapped(\"" + server
                                    + "\")");
        }
    }

    /** Where to hand in what the client sends. */
    public ClientEdge client() {
        return client;
    }

    /** The way to the server. */
    public Connection connection() {
        return connection;
    }

    /** The client has gone, or the server: nothing is delivered any more. The connection is closed, too. */
    @Override
    public void close() {
        Closing.all(List.of(client::close, connection::close));
    }

    /** To the server, and back for what it sends on its own. */
    private static final class Way implements WrappedUpstream.Onward, Duplex.Origin {
        private final String server;
        private @Nullable Connection connection;
        private volatile @Nullable Caller latest;

        /** Who has called last. The call's body is not kept for this: until the next call it may be long. */
        private record Caller(Session session, Principal principal) {}

        Way(String server) {
            this.server = server;
        }

        @Override
        public CompletionStage<Reply> send(Call call) {
            latest = new Caller(call.session(), call.principal());
            Connection open = connection;
            if (open == null) {
                throw new IllegalStateException("A call came before the conversation was open");
            }
            return open.send(call);
        }

        @Override
        public Call call(Envelope.Request request, @Nullable Call parent) {
            RequestId id = request.id();
            if (parent != null) {
                return id == null
                        ? parent.notificationToClient(request.method(), request.params())
                        : parent.requestToClient(id, request.method(), request.params());
            }
            Caller known = latest;
            if (known == null) {
                throw new IllegalStateException("A server cannot speak before its client");
            }
            return Call.unsolicited(id, request.method(), request.params(), known.session(), known.principal(), server);
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            return call.session()
                    .deliver(call)
                    .exceptionally(error -> Reply.failure(ErrorCode.INTERNAL, "Internal error"));
        }
    }
}
