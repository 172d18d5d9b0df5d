package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.protocol.Duplex;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;

/** A server that counts what is done to it, and the pool of connections to it. */
abstract class PooledUpstreamFixture {
    static final Principal ALICE = Principal.of("alice");
    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final Server server = new Server();
    PooledUpstream upstream = upstream(Sharing.SESSION, PoolLimits.DEFAULT);

    PooledUpstream upstream(Sharing sharing, PoolLimits limits) {
        return new PooledUpstream("crm", server, sharing, limits, timer);
    }

    @AfterEach
    void close() {
        upstream.close();
        timer.shutdownNow();
    }

    /** A server that counts what is done to it. */
    static final class Server implements Connector {
        final List<Line> lines = new CopyOnWriteArrayList<>();
        volatile Function<Call, CompletionStage<Reply>> special = call -> null;
        volatile boolean unreachable;
        volatile boolean closed;

        @Override
        public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
            if (unreachable) {
                return CompletableFuture.failedFuture(new UpstreamException("connection refused"));
            }
            Line line = new Line(this, origin);
            lines.add(line);
            return CompletableFuture.completedFuture(line);
        }

        @Override
        public String describe() {
            return "test server";
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    static final class Line implements Connection {
        final Server server;
        final Duplex.Origin origin;
        final List<String> methods = new CopyOnWriteArrayList<>();
        final List<String> settled = new CopyOnWriteArrayList<>(); // URIs and levels
        volatile boolean open = true;
        volatile boolean sessionLost;
        volatile boolean broken; // throws when it is looked at
        volatile Runnable closing = () -> {};

        Line(Server server, Duplex.Origin origin) {
            this.server = server;
            this.origin = origin;
        }

        @Override
        public CompletionStage<Reply> send(Call call) {
            if (sessionLost || !open) {
                open = false;
                return CompletableFuture.failedFuture(new ConnectionLost("the session is gone"));
            }
            methods.add(call.method());
            call.params().string("uri").ifPresent(settled::add);
            call.params().string("level").ifPresent(settled::add);
            CompletionStage<Reply> scripted = server.special.apply(call);
            return scripted != null
                    ? scripted
                    : CompletableFuture.completedFuture(
                            call.isNotification()
                                    ? Reply.accepted()
                                    : Reply.complete(Payload.of(Map.of("from", "server"))));
        }

        @Override
        public boolean isOpen() {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            return open;
        }

        @Override
        public void close() {
            open = false;
            closing.run();
        }
    }

    static Call request(String method, Session session) {
        return request(method, session, ALICE);
    }

    static Call request(String method, Session session, Principal who) {
        return Call.request(RequestId.of(1), method, Payload.empty(), session)
                .withPrincipal(who)
                .withServer("crm");
    }

    Reply send(Call call) {
        return upstream.forward(call)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    static ErrorCode kind(Reply reply) {
        return ((Reply.Failure) reply).kind();
    }
}
