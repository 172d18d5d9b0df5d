package io.mcpgate.examples.cli;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.config.MetricsConfig;
import io.mcpgate.core.telemetry.CallMeters;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code serve} counts, and the page at which a Prometheus server fetches it: {@code GET /metrics}, and nothing else. */
final class Metrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);
    private static final String PATH = "/metrics";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int CONNECTIONS_MAX = 16; // and so of pages that are written at once
    private static final int IDLE_SECONDS = 120; // more than the intervals at which such servers come back

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final CallMeters calls = new CallMeters(registry);
    private final Vertx vertx;
    private final MetricsConfig place;
    private final HttpServer server;
    private final AtomicInteger connections = new AtomicInteger();

    private Metrics(MetricsConfig place, Vertx vertx) {
        this.vertx = vertx;
        this.place = place;
        this.server = vertx.createHttpServer(
                new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setHttp2ClearTextEnabled(false));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /**
     * Shows metrics there.
     *
     * @throws IllegalStateException if nobody can listen there
     */
    static Metrics at(MetricsConfig place, Vertx vertx) {
        Metrics metrics = new Metrics(place, vertx);
        try {
            metrics.server
                    .connectionHandler(metrics::opened)
                    .requestHandler(metrics::answer)
                    .listen(place.port(), place.address())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            LOG.info("Metrics are at http://{}:{}{}", place.address(), metrics.port(), PATH);
            return metrics;
        } catch (CompletionException failed) {
            metrics.close();
            throw unusable(failed.getCause());
        }
    }

    private static IllegalStateException unusable(@Nullable Throwable why) {
        String words = why == null ? "" : " (" + why.getMessage() + ")";
        return new IllegalStateException("metrics: nobody can listen there" + words + "; use another port or address");
    }

    int port() {
        return server.actualPort();
    }

    /** What counts calls. */
    Consumer<AuditEvent> calls() {
        return calls;
    }

    private void opened(HttpConnection connection) {
        connection.closeHandler(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > CONNECTIONS_MAX) {
            connection.close();
        }
    }

    private void answer(HttpServerRequest request) {
        if (!isMeant(request.authority())) {
            refuse(request, 403);
        } else if (!PATH.equals(request.path())) {
            refuse(request, 404);
        } else if (!HttpMethod.GET.equals(request.method())) {
            request.response().putHeader("Allow", "GET");
            refuse(request, 405);
        } else {
            show(request.response());
        }
    }

    /** What only this machine may see no web page may: one whose name was bent to this address still says its own name. */
    private boolean isMeant(@Nullable HostAndPort host) {
        return place.exposed()
                || (host != null
                        && (LOOPBACK.contains(host.host()) || host.host().equals(place.address())));
    }

    private static void refuse(HttpServerRequest request, int status) {
        request.response().setStatusCode(status).end();
    }

    /** Not on the event loop, which serves calls: thousands of series take a while. */
    private void show(HttpServerResponse response) {
        vertx.executeBlocking(registry::scrape, false).onComplete(page -> {
            if (page.succeeded()) {
                response.putHeader("Content-Type", TEXT).end(page.result());
            } else {
                LOG.warn("The metrics could not be written down", page.cause());
                response.setStatusCode(500).end();
            }
        });
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
        collections.close();
        registry.close();
    }
}
