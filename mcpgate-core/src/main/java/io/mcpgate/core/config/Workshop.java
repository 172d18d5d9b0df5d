package io.mcpgate.core.config;

import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.bridge.EraBridge;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.route.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds the generations of a {@link ReloadingGate}: keeps what did not change, opens the rest, all or nothing. */
final class Workshop {
    private final List<ConnectorFactory> connectors;
    private final Consumer<GatewayBuilder> additions;
    private final ScheduledExecutorService timer;

    Workshop(List<ConnectorFactory> connectors, Consumer<GatewayBuilder> additions, ScheduledExecutorService timer) {
        this.connectors = connectors;
        this.additions = additions;
        this.timer = timer;
    }

    /**
     * The generation after {@code before}, which stays as it is.
     *
     * @throws ConfigException if the configuration cannot be used; then nothing is left open
     */
    Generation build(GateConfig config, @Nullable Generation before) {
        List<Runnable> undo = new ArrayList<>();
        try {
            AuditSink sink = sink(config, before, undo); // first, as a connector may start its server
            Map<String, Upstream> upstreams = upstreams(config, before, undo);
            Standing standing = new Standing(config, before == null ? null : before.standing());
            Gateway gateway = gateway(config, before, upstreams, sink, standing);
            return new Generation(config, gateway, upstreams, sink, standing, timer);
        } catch (IllegalStateException incomplete) {
            ConfigException why = new ConfigException("", String.valueOf(incomplete.getMessage()));
            Closing.behind(why, undo);
            throw why;
        } catch (RuntimeException unusable) {
            Closing.behind(unusable, undo);
            throw unusable;
        }
    }

    private Map<String, Upstream> upstreams(GateConfig config, @Nullable Generation before, List<Runnable> undo) {
        List<ServerConfig> fresh = config.servers().stream()
                .filter(server -> before == null || before.kept(server).isEmpty())
                .filter(server -> !server.isWrapped())
                .toList();
        Map<ServerConfig, Connector> opened = Connectors.open(fresh, connectors);
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        for (ServerConfig server : config.servers()) {
            Connector connector = opened.get(server);
            if (server.isWrapped()) {
                upstreams.put(server.name(), new WrappedUpstream(server.name()));
            } else if (connector == null && before != null) {
                before.kept(server).ifPresent(kept -> upstreams.put(server.name(), kept));
            } else if (connector != null) {
                PooledUpstream pool =
                        new PooledUpstream(server.name(), connector, server.sharing(), server.pool(), timer);
                Upstream made =
                        new EraBridge(pool, new JsonReader(config.bounds().json()), timer);
                undo.add(made::close);
                upstreams.put(server.name(), made);
            }
        }
        return upstreams;
    }

    private static AuditSink sink(GateConfig config, @Nullable Generation before, List<Runnable> undo) {
        if (before != null && config.audit().sharesSinkWith(before.config().audit())) {
            return before.sink();
        }
        AuditSink sink = config.audit().open();
        undo.add(sink::close);
        return sink;
    }

    private Gateway gateway(
            GateConfig config,
            @Nullable Generation before,
            Map<String, Upstream> upstreams,
            AuditSink sink,
            Standing standing) {
        if (upstreams.isEmpty()) {
            throw new ConfigException("servers", "there is none; name at least one, with a command or a url");
        }
        GatewayBuilder builder =
                config.settings(Gateway.builder()).timer(timer).audit(sink).standing(standing);
        upstreams.values().forEach(builder::borrowedServer);
        additions.accept(builder);
        if (before != null) {
            builder.succeeding(before.gateway());
        }
        return builder.build();
    }
}
