/**
 * Rates and quotas. {@link io.mcpgate.core.limit.Throttle} counts calls by principal, tool, server or all together, in
 * several windows at once; {@link io.mcpgate.core.limit.Limit} says what and how much, and {@code Counts} keeps as many counts
 * as there may be. Bucket4j is confined here.
 */
@NullMarked
package io.mcpgate.core.limit;

import org.jspecify.annotations.NullMarked;
