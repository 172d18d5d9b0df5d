package io.mcpgate.core.config;

import io.mcpgate.core.route.Connector;
import io.mcpgate.core.stage.Closing;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The connectors of several servers: all of them, or none. */
final class Connectors {
    private Connectors() {}

    /** @throws ConfigException if one cannot be made; then those before it are closed */
    static Map<ServerConfig, Connector> open(Collection<ServerConfig> servers, List<ConnectorFactory> factories) {
        Map<ServerConfig, Connector> opened = new LinkedHashMap<>();
        try {
            servers.forEach(server -> opened.put(server, open(server, factories)));
            return opened;
        } catch (RuntimeException failed) {
            Closing.behind(
                    failed,
                    opened.values().stream()
                            .<Runnable>map(connector -> connector::close)
                            .toList());
            throw failed;
        }
    }

    private static Connector open(ServerConfig server, List<ConnectorFactory> factories) {
        String path = new Place("servers", 0, 0).member(server.name());
        try {
            return factories.stream()
                    .map(factory -> factory.connector(server))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .orElseThrow(() -> new ConfigException(path, unreachable(server)));
        } catch (ConfigException known) {
            throw known;
        } catch (IllegalArgumentException unusable) {
            throw new ConfigException(path, String.valueOf(unusable.getMessage()));
        }
    }

    private static String unreachable(ServerConfig server) {
        return server.destination() instanceof Destination.Process
                ? "is a command, and nothing here starts processes; add mcpgate-transport-stdio and its factory"
                : "is a URL, and nothing here speaks HTTP; add mcpgate-transport-http and its factory";
    }
}
