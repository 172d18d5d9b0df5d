package io.mcpgate.examples.cli;

import io.mcpgate.core.config.ConfigException;
import io.mcpgate.core.config.ConnectorFactory;
import io.mcpgate.core.config.Destination;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.ServerConfig;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.route.Connector;
import io.mcpgate.http.upstream.HttpConnector;
import io.mcpgate.http.upstream.HttpEngine;
import io.mcpgate.http.vertx.VertxEngine;
import io.mcpgate.stdio.StdioCommand;
import io.mcpgate.stdio.StdioConnector;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ways to a server that this program has: a child process, or HTTP, for which all servers share one engine. The engine
 * is started with the first server that needs it, so that wrapping a stdio server costs none.
 */
public final class Transports implements AutoCloseable {
    private final Consumer<StdioConnector> onChild;
    private @Nullable Vertx vertx; // guarded by this
    private @Nullable HttpEngine engine; // guarded by this

    /** Makes connectors until closed. */
    public Transports() {
        this(made -> {});
    }

    private Transports(Consumer<StdioConnector> onChild) {
        this.onChild = onChild;
    }

    /** The same, where somebody waits for each server: child processes are started at once, while the gate is being built. */
    static Transports inAHurry() {
        return new Transports(StdioConnector::startAhead);
    }

    /** @throws ConfigException if there is a server to which this program has no way */
    static void requireAll(GateConfig config) {
        config.servers().stream().filter(ServerConfig::isWrapped).findFirst().ifPresent(server -> {
            throw new ConfigException(
                    "servers." + server.name(),
                    "is for an application that wraps its own transports, and this program has none; say"
                            + " where the server is by command or url");
        });
    }

    /** A factory for each way. */
    public List<ConnectorFactory> factories() {
        return List.of(this::stdio, this::http);
    }

    private Optional<Connector> stdio(ServerConfig server) {
        if (!(server.destination() instanceof Destination.Process process)) {
            return Optional.empty();
        }
        StdioConnector connector =
                new StdioConnector(server.name(), command(process).withLineBytesMax(server.messageBytes()));
        onChild.accept(connector);
        return Optional.of(connector);
    }

    private static StdioCommand command(Destination.Process process) {
        StdioCommand command =
                StdioCommand.of(process.words()).inheriting(process.inheritEnv().toArray(String[]::new));
        for (Map.Entry<String, String> variable : process.variables().entrySet()) {
            command = command.withVariable(variable.getKey(), variable.getValue());
        }
        Path directory = process.cwd();
        return directory == null ? command : command.withDirectory(directory);
    }

    private Optional<Connector> http(ServerConfig server) {
        if (!(server.destination() instanceof Destination.Http http)) {
            return Optional.empty();
        }
        HttpConnector.Builder builder = HttpConnector.builder(http.uri())
                .engine(engine())
                .limits(JsonLimits.DEFAULT.withMessageBytes(server.messageBytes()));
        http.headerValues().forEach(builder::header);
        return Optional.of(builder.build());
    }

    private synchronized HttpEngine engine() {
        HttpEngine running = engine;
        if (running == null) {
            running = VertxEngine.on(vertx());
            engine = running;
        }
        return running;
    }

    /** The event loops, which a server that shares them with its upstreams never has to leave. */
    synchronized Vertx vertx() {
        Vertx running = vertx;
        if (running == null) {
            running = Vertx.vertx(new VertxOptions()
                    .setEventLoopPoolSize(Math.min(4, Runtime.getRuntime().availableProcessors()))
                    .setWorkerPoolSize(1)
                    .setInternalBlockingPoolSize(1)
                    .setUseDaemonThread(true)
                    .setFileSystemOptions(new FileSystemOptions()
                            .setClassPathResolvingEnabled(false)
                            .setFileCachingEnabled(false)));
            vertx = running;
        }
        return running;
    }

    /** Ends the engine; to be called when the gates are closed. */
    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
        }
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
