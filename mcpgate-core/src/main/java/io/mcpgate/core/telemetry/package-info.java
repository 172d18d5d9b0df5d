/**
 * Metrics: what is counted of the calls that pass the gate, for a host's {@code MeterRegistry}. Micrometer is optional, and
 * used here only.
 */
@NullMarked
package io.mcpgate.core.telemetry;

import org.jspecify.annotations.NullMarked;
