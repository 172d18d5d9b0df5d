/**
 * What all packages may use and which itself uses none of them. {@link io.mcpgate.core.stage.Ready} is the fast way through
 * stages that are complete already; what it saves, {@code StepBenchmark} and {@code ChainBenchmark} show.
 * {@link io.mcpgate.core.stage.Stages} is for stages that others wait for, and {@link io.mcpgate.core.stage.Closing} ends
 * several things of which one may throw.
 */
@NullMarked
package io.mcpgate.core.stage;

import org.jspecify.annotations.NullMarked;
