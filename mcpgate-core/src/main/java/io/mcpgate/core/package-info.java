/**
 * The gateway itself. {@link io.mcpgate.core.Gateway} is the entry point, {@link io.mcpgate.core.GatewayBuilder} says what
 * it consists of, {@link io.mcpgate.core.DefaultChain} is the list of steps in the order in which a call meets them, and
 * {@link io.mcpgate.core.Fold} makes a function of the list. Each concern has a package of its own beside this one.
 */
@NullMarked
package io.mcpgate.core;

import org.jspecify.annotations.NullMarked;
