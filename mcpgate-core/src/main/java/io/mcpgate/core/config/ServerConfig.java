package io.mcpgate.core.config;

import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A governed server.
 *
 * @param name 1–32 of {@code a-z}, {@code 0-9} and {@code -}, beginning with a letter
 * @param destination where it is
 * @param sharing who shares a connection
 * @param pool bounds of its connections
 * @param timeout for its calls; {@code null} for that of {@link Bounds}
 * @param messageBytes how many bytes one message of the server may have, at least 1,024; the call that a longer one
 *     answers fails, where it can be told
 */
public record ServerConfig(
        String name,
        Destination destination,
        Sharing sharing,
        PoolLimits pool,
        @Nullable Duration timeout,
        int messageBytes) {
    /** What one message of a server may have unless said otherwise: 16 MiB. */
    public static final int MESSAGE_BYTES = 16 << 20;

    static final int MESSAGE_BYTES_MIN = 1_024;

    public ServerConfig {
        if (messageBytes < MESSAGE_BYTES_MIN) {
            throw new IllegalArgumentException("A message of a server has at least 1,024 bytes");
        }
        if (!CatalogNames.SERVER_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A server's name is 1 to 32 of a-z, 0-9 and -, beginning with a letter: \"" + name + "\" is not");
        }
    }

    /** A server with a connection for each client session, and default bounds. */
    public static ServerConfig of(String name, Destination destination) {
        return new ServerConfig(name, destination, Sharing.SESSION, PoolLimits.DEFAULT, null, MESSAGE_BYTES);
    }

    /** This server with other bounds of its connections. */
    public ServerConfig withPool(PoolLimits limits) {
        return new ServerConfig(name, destination, sharing, limits, timeout, messageBytes);
    }

    /** Whether its clients are the host's own, so that there is nothing to open. */
    public boolean isWrapped() {
        return destination instanceof Destination.Wrapped;
    }

    /** Whether connections that were opened for the one serve the other as well: their time-outs may differ. */
    boolean sharesConnectionsWith(ServerConfig other) {
        return name.equals(other.name)
                && destination.equals(other.destination)
                && sharing == other.sharing
                && pool.equals(other.pool)
                && messageBytes == other.messageBytes;
    }
}
