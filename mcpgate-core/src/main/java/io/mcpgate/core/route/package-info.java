/**
 * Where calls go. {@link io.mcpgate.core.route.Route} asks the router for the upstream;
 * {@link io.mcpgate.core.route.PooledUpstream} keeps a {@link io.mcpgate.core.route.Seat} for each client session, with a
 * connection of its own, opened when it is needed, opened again after a loss, and given back when nobody uses it. A
 * transport contributes a {@link io.mcpgate.core.route.Connector} and nothing else.
 */
@NullMarked
package io.mcpgate.core.route;

import org.jspecify.annotations.NullMarked;
