/**
 * The fast way through stages that are complete already. {@link io.mcpgate.core.stage.Ready} is all of it; what it saves,
 * {@code StepBenchmark} and {@code ChainBenchmark} show.
 */
@NullMarked
package io.mcpgate.core.stage;

import org.jspecify.annotations.NullMarked;
