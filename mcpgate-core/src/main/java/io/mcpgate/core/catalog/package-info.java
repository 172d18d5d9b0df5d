/**
 * The merged catalog: all servers that a principal may see, as if they were one. Names are
 * {@linkplain io.mcpgate.core.catalog.CatalogNames prefixed} with the configured server's name;
 * {@link io.mcpgate.core.catalog.Compose} takes a call apart into calls to single servers, each of which passes the rest
 * of the chain on its own, so that policy never meets a prefixed name.
 */
@NullMarked
package io.mcpgate.core.catalog;

import org.jspecify.annotations.NullMarked;
