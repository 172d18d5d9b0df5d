/**
 * The merged catalog: all servers that a principal may see, as if they were one. Names are
 * {@linkplain io.mcpgate.core.catalog.CatalogNames prefixed} with the configured server's name;
 * {@link io.mcpgate.core.catalog.Compose} takes a call apart into calls to single servers, each of which passes the rest
 * of the chain on its own, so that policy never meets a prefixed name.
 *
 * <p>The way of a call: {@link io.mcpgate.core.catalog.Addressing} finds the server that a name means, before the first
 * step. What names nothing, {@code Compose} asks of all servers: {@code Introduction} for handshakes, {@code MergedList} for
 * lists, {@code MergedListen} for subscriptions, all of them with the patience of {@code Survey}. {@code ServerTerms} knows
 * where in MCP names stand, and nobody else does.
 */
@NullMarked
package io.mcpgate.core.catalog;

import org.jspecify.annotations.NullMarked;
