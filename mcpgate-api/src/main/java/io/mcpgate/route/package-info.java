/** Where calls go: a {@link io.mcpgate.route.Router} picks the {@link io.mcpgate.route.Upstream} for each call. */
@NullMarked
package io.mcpgate.route;

import org.jspecify.annotations.NullMarked;
