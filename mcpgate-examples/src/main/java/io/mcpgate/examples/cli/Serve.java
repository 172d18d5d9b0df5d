package io.mcpgate.examples.cli;

import io.mcpgate.core.config.ConfigException;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.Listen;
import io.mcpgate.core.config.MetricsConfig;
import io.mcpgate.core.config.ReloadingGate;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.http.endpoint.EndpointLimits;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.vertx.VertxServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mcpgate serve}: the gate as an HTTP server. */
@Command(
        name = "serve",
        description = {
            "Serves the configured servers over HTTP, each at its own URL and all of them as one catalog.",
            "",
            "The file is read again when it changes: calls in flight end by the old rules, sessions stay, and a file with"
                    + " mistakes changes nothing. SIGTERM lets calls in flight end."
        },
        footer = {
            "Example: serve what gate.yaml says, then ask the server \"crm\" behind it.",
            "  mcpgate serve --config gate.yaml",
            "  npx @modelcontextprotocol/inspector --cli http://127.0.0.1:8080/mcp/crm \\",
            "      --header 'Authorization: Bearer KEY' --method tools/list"
        })
final class Serve implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Serve.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    @Mixin
    private final ConfigFile file = new ConfigFile();

    @Override
    public Integer call() throws Exception {
        GateConfig config = file.read();
        requireCallers(config);
        Transports.requireAll(config);
        try (Transports transports = new Transports();
                Metrics metrics = metrics(config, transports)) {
            ReloadingGate gate = ReloadingGate.open(config, transports.factories(), builder -> {
                if (metrics != null) {
                    builder.observer(metrics.calls());
                }
            });
            VertxServer server = server(config, gate, transports);
            return Ending.after(() -> serve(server, gate), () -> Closing.all(List.of(server::close, gate::close)));
        }
    }

    private static @Nullable Metrics metrics(GateConfig config, Transports transports) {
        MetricsConfig place = config.metrics();
        return place == null ? null : Metrics.at(place, transports.vertx());
    }

    private int serve(VertxServer server, ReloadingGate gate) throws InterruptedException {
        server.start().toCompletableFuture().join();
        LOG.info("{}; {} is read again when it changes", gate, file.path());
        if (gate.config().anonymous() != null) {
            LOG.warn(
                    "Callers without a credential are let in as {}",
                    gate.config().anonymous());
        }
        new FileWatch(file.path(), file.content(), PERIOD, changed -> reload(changed, gate)).run();
        return 0;
    }

    /** Someone must be able to call by HTTP, where a local user does not exist. */
    private static void requireCallers(GateConfig config) {
        if (config.principals().isEmpty() && config.anonymous() == null) {
            throw new ConfigException(
                    "principals",
                    "nobody may call over HTTP; name principals with keys, or anonymous if that is meant (stdio is for"
                            + " mcpgate wrap)");
        }
    }

    private static VertxServer server(GateConfig config, ReloadingGate gate, Transports transports) {
        Listen listen = config.listen();
        McpEndpoint endpoint = McpEndpoint.over(gate)
                .base(listen.path())
                .hosts(Set.copyOf(listen.allowedHosts()))
                .origins(Set.copyOf(listen.allowedOrigins()))
                .limits(limits(config.bounds().bodyBytes()))
                .build();
        return VertxServer.of(endpoint)
                .host(listen.address())
                .port(listen.port())
                .drain(config.bounds().drain())
                .vertx(transports.vertx())
                .build();
    }

    private static EndpointLimits limits(@Nullable Integer bodyBytes) {
        return bodyBytes == null ? EndpointLimits.DEFAULT : EndpointLimits.DEFAULT.withBodies(bodyBytes);
    }

    /** The whole file or nothing: half of a change might open what the other half was meant to close. */
    void reload(byte[] content, ReloadingGate gate) {
        try {
            GateConfig changed = GateFile.parse(content, file.path(), System.getenv());
            requireCallers(changed);
            Transports.requireAll(changed);
            requireNoRestart(gate.config(), changed);
            if (gate.apply(changed)) {
                LOG.info("{} was read again: {}", file.path(), gate);
            }
        } catch (ConfigException wrong) {
            LOG.error("{} has changed and cannot be used; the gate goes on with what it has", file.path());
            wrong.problems().forEach(problem -> LOG.error("{}", problem));
        }
    }

    /** What stands around the gate was built at the start, and keeps what it was told then. */
    private static void requireNoRestart(GateConfig now, GateConfig changed) {
        requireSame("listen", now.listen(), changed.listen());
        requireSame("bounds.bodies", now.bounds().bodyBytes(), changed.bounds().bodyBytes());
        requireSame("bounds.drain", now.bounds().drain(), changed.bounds().drain());
        requireSame("metrics", now.metrics(), changed.metrics());
    }

    private static void requireSame(String path, @Nullable Object now, @Nullable Object changed) {
        if (!Objects.equals(now, changed)) {
            throw new ConfigException(path, "has changed, which needs a restart; nothing was taken over");
        }
    }
}
