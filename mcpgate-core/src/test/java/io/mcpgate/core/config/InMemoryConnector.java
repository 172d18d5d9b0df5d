package io.mcpgate.core.config;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Connections to a server in memory. */
final class InMemoryConnector implements Connector {
    private final ScriptedUpstream server;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Duplex.Origin origin;
    private volatile boolean closed;
    private volatile boolean failsToClose;

    InMemoryConnector(String name) {
        server = new ScriptedUpstream(name, "search", "delete");
    }

    InMemoryConnector when(Function<Call, CompletionStage<Reply>> how) {
        server.when(how);
        return this;
    }

    /** Closing it throws, when it is closed. */
    InMemoryConnector failingToClose() {
        failsToClose = true;
        return this;
    }

    ScriptedUpstream server() {
        return server;
    }

    int connections() {
        return connections.get();
    }

    Duplex.Origin origin() {
        return origin;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public CompletionStage<Connection> connect(Session client, Duplex.Origin from) {
        connections.incrementAndGet();
        origin = from;
        return CompletableFuture.completedFuture(new Connection() {
            private volatile boolean open = true;

            @Override
            public CompletionStage<Reply> send(Call call) {
                return server.forward(call);
            }

            @Override
            public boolean isOpen() {
                return open;
            }

            @Override
            public void close() {
                open = false;
            }
        });
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {
        closed = true;
        if (failsToClose) {
            throw new IllegalStateException(server.name() + " cannot be closed cleanly");
        }
    }
}
