package io.mcpgate.core.config;

import io.mcpgate.core.route.Connector;
import java.util.Optional;

/**
 * Makes the connector of a configured server, if it knows how: the stdio transport for {@link Destination.Process}, the
 * HTTP transport for {@link Destination.Http}, a host for what it likes. So the core knows no transport.
 */
@FunctionalInterface
public interface ConnectorFactory {

    /**
     * The connector, which the gateway will close.
     *
     * @return empty if this factory knows no way to such a server; the next one is asked
     * @throws IllegalArgumentException if the entry cannot be used, with a sentence that shows no secret
     */
    Optional<Connector> connector(ServerConfig server);
}
