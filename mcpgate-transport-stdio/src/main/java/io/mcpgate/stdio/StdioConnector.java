package io.mcpgate.stdio;

import io.mcpgate.Session;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.UpstreamException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reaches a server by starting it: one child process for each connection, spoken to through its stdin and stdout (MCP,
 * "stdio"). Safe for use by many threads.
 *
 * <pre>{@code
 * Gateway.builder()
 *         .server("files", new StdioConnector("files", StdioCommand.of("mcp-server-filesystem", "/srv/data")))
 * }</pre>
 *
 * <p>What is no message on stdout is skipped and counted, and fails the call whose answer it was meant to be; stderr is
 * logged, and a child that dies fails its calls at once; the pool starts another for the next call. There is no shutdown
 * hook: the host closes the gateway. Should the JVM die instead, the children's stdin closes with it, which is the sign to
 * end.
 */
public final class StdioConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(StdioConnector.class);
    private static final Duration LAST_STAGE = Duration.ofSeconds(4);

    private final String server;
    private final StdioCommand command;
    private final Launch launch;
    private final JsonReader reader;
    private final Set<StdioConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Launch.Started, CompletableFuture<Void>> endings = new ConcurrentHashMap<>(); // no connection
    private final AtomicReference<@Nullable CompletableFuture<Launch.Started>> ahead = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * Starts {@code command} for each connection.
     *
     * @param server the governed server's name, for logs and thread names
     */
    public StdioConnector(String server, StdioCommand command) {
        this(server, command, Launch.inOwnSession());
    }

    StdioConnector(String server, StdioCommand command, Launch launch) {
        this.server = server;
        this.command = command;
        this.launch = launch;
        this.reader = new JsonReader(JsonLimits.DEFAULT.withMessageBytes(command.lineBytesMax()));
    }

    /**
     * Starts a child now, for the first connection, which then need not wait for it: for those who know that there will be
     * one. Should that child have ended by then, or not have been started, the first connection starts another, and what
     * the first has left behind is ended.
     */
    public void startAhead() {
        CompletableFuture<Launch.Started> started = new CompletableFuture<>();
        if (ahead.compareAndSet(null, started)) {
            Threads.daemon(server + "-ahead", () -> {
                        try {
                            started.complete(launch.start(command));
                        } catch (RuntimeException | Error failed) { // which the first connection will be told
                            started.completeExceptionally(failed);
                        }
                        if (closed) { // meanwhile or before, and close() may not have seen this one
                            startedAhead().ifPresent(this::endUnused);
                        }
                    })
                    .start();
        }
    }

    /** The child that was started ahead, which may have ended by now. It is given out once. */
    private Optional<Launch.Started> startedAhead() {
        CompletableFuture<Launch.Started> started = ahead.getAndSet(null);
        return Optional.ofNullable(started)
                .map(first -> first.exceptionally(failed -> null).join());
    }

    /** Whether a child can be talked to. One that has ended may have left others behind, which are ended now. */
    private boolean isUsable(Launch.Started child) {
        boolean alive = child.process().isAlive();
        if (!alive) {
            LOG.warn(
                    "Server \"{}\" ended with exit code {} before the first connection; it is started again",
                    server,
                    child.process().exitValue());
            endUnused(child);
        }
        return alive;
    }

    /** {@inheritDoc} Starting a process takes milliseconds and blocks, so it has a thread of its own for that time. */
    @Override
    public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
        CompletableFuture<Connection> connected = new CompletableFuture<>();
        Threads.daemon(server + "-start", () -> start(origin, connected)).start();
        return connected;
    }

    private void start(Duplex.Origin origin, CompletableFuture<Connection> connected) {
        try {
            connected.complete(open(origin));
        } catch (UpstreamException known) {
            connected.completeExceptionally(known);
        } catch (RuntimeException | Error unexpected) { // e.g. no more threads: whoever waits must learn of it
            connected.completeExceptionally(new UpstreamException("it could not be started", unexpected));
        }
    }

    private Connection open(Duplex.Origin origin) {
        if (closed) {
            throw new UpstreamException("the gateway is closing");
        }
        Launch.Started child = startedAhead().filter(this::isUsable).orElseGet(() -> launch.start(command));
        StdioConnection connection = new StdioConnection(server, child, command, reader, origin);
        connection.start();
        connections.add(connection);
        forgotten(connection); // at once, if it has ended already
        if (closed) { // meanwhile, and close() may not have seen this one
            connection.close();
        }
        return connection;
    }

    /** Completes when the child has ended and is counted no more. */
    private CompletionStage<?> forgotten(StdioConnection connection) {
        return connection.ended().thenRun(() -> connections.remove(connection));
    }

    @Override
    public String describe() {
        return "stdio " + command.program();
    }

    /** How many children run, or are being ended. */
    int children() {
        return connections.size() + endings.size();
    }

    /**
     * Ends all children that are left and waits until nothing of them runs any more: at most the two stages of the grace
     * and a little for the last one. Closing twice is harmless.
     */
    @Override
    public void close() {
        closed = true;
        connections.forEach(StdioConnection::close);
        startedAhead().ifPresent(this::endUnused);
        CompletableFuture<?>[] last = Stream.concat(
                        endings.values().stream(),
                        connections.stream()
                                .map(connection -> forgotten(connection).toCompletableFuture()))
                .toArray(CompletableFuture<?>[]::new);
        try {
            Duration patience = command.grace().multipliedBy(2).plus(LAST_STAGE);
            CompletableFuture.allOf(last).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the children are being ended all the same
        } catch (TimeoutException late) {
            LOG.warn("Server \"{}\": {} children have not ended yet", server, children());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Ends a child that nobody talks to, and what it has started, on a thread of its own: that takes its time. */
    private void endUnused(Launch.Started child) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        endings.put(child, ended);
        Runnable over = () -> {
            endings.remove(child);
            ended.complete(null);
        };
        Thread ending = Threads.daemon(server + "-end", () -> {
            try {
                closeStdin(child);
                new Shutdown(child.process(), child.tree(), command.grace()).run();
            } finally {
                over.run();
            }
        });
        try {
            ending.start();
        } catch (OutOfMemoryError noMoreThreads) {
            child.process().toHandle().destroyForcibly();
            over.run();
            throw noMoreThreads;
        }
    }

    private void closeStdin(Launch.Started child) {
        try {
            child.process().getOutputStream().close();
        } catch (IOException brokenPipe) {
            LOG.debug("Server \"{}\": its stdin was closed already", server);
        }
    }

    /** The server and its program. */
    @Override
    public String toString() {
        return "StdioConnector[" + server + ", " + command.program() + "]";
    }
}
