package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server of its own for an {@link McpEndpoint}, on a few event loops of Vert.x; nothing in it blocks.
 *
 * <pre>{@code
 * try (VertxServer server = VertxServer.of(endpoint).port(8080).build()) {
 *     server.start().toCompletableFuture().join();
 *     …
 * }
 * }</pre>
 *
 * <p>Its threads are daemons, unless they are those of a Vert.x that was handed in: they keep no program alive.
 *
 * <p>It speaks plain HTTP: in front of the world stands something that terminates TLS. It listens on 127.0.0.1 unless told
 * otherwise. The endpoint and, if none was handed in, the Vert.x instance are closed with it.
 *
 * <p>A client that does not read its answer is cut off. Where this and Vert.x are modules, that takes the option
 * {@code --add-exports io.vertx.core/io.vertx.core.net.impl=io.mcpgate.http}, as Vert.x has no other way for it.
 */
public final class VertxServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VertxServer.class);
    private static final int EVENT_LOOPS_MAX = 4;
    private static final int CHUNK_BYTES_MAX = 8 << 10;
    private static final CompletionStage<Void> NOTHING_LEFT = CompletableFuture.completedStage(null);

    private final McpEndpoint endpoint;
    private final String host;
    private final int port;
    private final ServerLimits limits;
    private final Duration drain;
    private final @Nullable Vertx given;
    private final List<HttpServer> listening = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean shutDown; // guarded by this
    /** Guarded by this; failed as long as there is nothing to end. */
    private CompletableFuture<Running> starting =
            CompletableFuture.failedFuture(new IllegalStateException("The server was not started"));

    private VertxServer(Builder config) {
        this.endpoint = config.endpoint;
        this.host = config.host;
        this.port = config.port;
        this.limits = config.limits;
        this.drain = config.drain;
        this.given = config.vertx;
    }

    /** A server for {@code endpoint}. */
    public static Builder of(McpEndpoint endpoint) {
        return new Builder(endpoint);
    }

    /** Says where a server listens. Not safe for use by several threads. */
    public static final class Builder {
        private final McpEndpoint endpoint;
        private String host = "127.0.0.1";
        private int port;
        private ServerLimits limits = ServerLimits.DEFAULT;
        private Duration drain = Duration.ofSeconds(10);
        private @Nullable Vertx vertx;

        private Builder(McpEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        /** The address to bind. Default 127.0.0.1. */
        public Builder host(String address) {
            this.host = address;
            return this;
        }

        /** The port to bind. Default 0: any that is free. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("A port is between 0 and 65535");
            }
            this.port = number;
            return this;
        }

        /** Bounds. Default {@link ServerLimits#DEFAULT}. */
        public Builder limits(ServerLimits bounds) {
            this.limits = bounds;
            return this;
        }

        /** How long {@link VertxServer#shutdown} waits for requests in flight. Default 10 s. */
        public Builder drain(Duration limit) {
            this.drain = limit;
            return this;
        }

        /** The host's own Vert.x, which the host closes. Default: one that lives as long as the server. */
        public Builder vertx(Vertx hostVertx) {
            this.vertx = hostVertx;
            return this;
        }

        /** Builds the server; it does not listen yet. */
        public VertxServer build() {
            return new VertxServer(this);
        }
    }

    private record Running(Vertx vertx, String deployment, Connections connections) {}

    /**
     * Begins to listen. Where that has failed it can be tried again.
     *
     * @return this server; fails if the address cannot be bound, and with an {@link IllegalStateException} if the server was
     *     started already, or is shut down before it listens
     */
    public CompletionStage<VertxServer> start() {
        CompletableFuture<Running> deployed;
        synchronized (this) {
            if (shutDown) {
                return CompletableFuture.failedFuture(wasShutDown());
            }
            if (!starting.isCompletedExceptionally()) {
                return CompletableFuture.failedFuture(new IllegalStateException("The server was started already"));
            }
            starting = deploy();
            deployed = starting;
        }
        return deployed.thenApply(running -> announced());
    }

    private static IllegalStateException wasShutDown() {
        return new IllegalStateException("The server was shut down; build another one");
    }

    private CompletableFuture<Running> deploy() {
        Vertx vertx = given == null ? ownVertx() : given;
        SocketAddress address = port == 0
                ? SocketAddress.sharedRandomPort(System.identityHashCode(this) >>> 1 | 1, host)
                : SocketAddress.inetSocketAddress(port, host);
        Alarms alarms = Alarms.ticking(tick -> vertx.setTimer(Alarms.TICK.toMillis(), now -> tick.run()));
        Connections connections = new Connections(limits, alarms);
        DeploymentOptions instances = new DeploymentOptions().setInstances(eventLoops());
        return vertx.deployVerticle(() -> new Listener(address, connections, alarms), instances)
                .toCompletionStage()
                .thenApply(deployment -> new Running(vertx, deployment, connections))
                .exceptionallyCompose(refused -> closeIfOwn(vertx)
                        .toCompletionStage()
                        .handle((closed, error) -> refused)
                        .thenCompose(CompletableFuture::failedFuture))
                .toCompletableFuture();
    }

    private VertxServer announced() {
        if (isShutDown()) {
            throw wasShutDown();
        }
        LOG.info(
                "Listening on http://{}:{}{}",
                host.indexOf(':') < 0 ? host : '[' + host + ']',
                port(),
                endpoint.base());
        return this;
    }

    private synchronized boolean isShutDown() {
        return shutDown;
    }

    private static int eventLoops() {
        return Math.min(EVENT_LOOPS_MAX, Runtime.getRuntime().availableProcessors());
    }

    private static Vertx ownVertx() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(eventLoops())
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(false)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /** One event loop's part of the server. */
    private final class Listener extends VerticleBase {
        private final SocketAddress address;
        private final Connections connections;
        private final Alarms alarms;

        private Listener(SocketAddress address, Connections connections, Alarms alarms) {
            this.address = address;
            this.connections = connections;
            this.alarms = alarms;
        }

        @Override
        public Future<?> start() {
            HttpServer server = vertx.createHttpServer(options());
            server.connectionHandler(connection -> connections.opened(context, connection));
            server.requestHandler(this::handle);
            server.exceptionHandler(broken -> LOG.debug("A connection broke", broken));
            return server.listen(address).onSuccess(listening::add);
        }

        private void handle(HttpServerRequest request) {
            request.pause();
            Connections.Patience connection = connections.busy(context, request.connection());
            HttpServerResponse response = request.response();
            response.endHandler(ended -> connection.idle());
            if (response.writeQueueFull()) { // of answers that its client has not read, and asks on
                connection.whenRead(response, () -> serve(request, connection));
            } else {
                serve(request, connection);
            }
        }

        private void serve(HttpServerRequest request, Connections.Patience connection) {
            endpoint.handle(new VertxExchange(request, connection, context, limits, alarms));
        }
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxInitialLineLength(CHUNK_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                // Each would be one more station of every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                // An exchange touches its response on its event loop only, so no queue is needed.
                .setStrictThreadMode(true)
                .setTcpNoDelay(true);
    }

    /**
     * The port that it listens on.
     *
     * @throws IllegalStateException if it does not listen
     */
    public int port() {
        if (listening.isEmpty()) {
            throw new IllegalStateException("The server has no port before start() has completed");
        }
        return listening.get(0).actualPort();
    }

    /**
     * Ends the server: no new connections, streams and listens end, requests in flight are answered, or cut off after the
     * drain time; then the port is free. One that is just starting is ended as soon as it has started. Calling it twice is
     * harmless.
     *
     * @return completes when nothing of the server is left, also for those who were not the first to call
     */
    public CompletionStage<Void> shutdown() {
        endpoint.close();
        CompletionStage<Running> was;
        synchronized (this) {
            if (shutDown) {
                return ended.copy();
            }
            shutDown = true;
            was = starting;
        }
        was.handle((running, failed) -> failed == null ? end(running) : NOTHING_LEFT)
                .thenCompose(ending -> ending)
                .whenComplete(Stages.into(ended));
        return ended.copy();
    }

    private CompletionStage<Void> end(Running was) {
        List<Future<Void>> ending = listening.stream()
                .map(server -> server.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS))
                .toList();
        Registration late = was.connections().breakOffAfter(drain);
        return Future.join(ending)
                .otherwiseEmpty()
                .onComplete(ended -> late.close())
                .compose(ended -> was.vertx().undeploy(was.deployment()))
                .otherwiseEmpty()
                .compose(ended -> closeIfOwn(was.vertx()))
                .toCompletionStage();
    }

    private Future<Void> closeIfOwn(Vertx vertx) {
        return given == null ? vertx.close() : Future.succeededFuture();
    }

    /** Does {@link #shutdown} and waits for it. Not to be called on an event loop. */
    @Override
    public void close() {
        shutdown().toCompletableFuture().join();
    }
}
