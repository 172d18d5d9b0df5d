/**
 * The audit trail: {@link io.mcpgate.core.audit.Record} stands outermost and tells each outcome,
 * {@link io.mcpgate.core.audit.Attempt} stands before the upstream and tells what is about to happen. Between the two,
 * steps note on the call's {@link io.mcpgate.core.audit.Trail} who called and what was decided.
 */
@NullMarked
package io.mcpgate.core.audit;

import org.jspecify.annotations.NullMarked;
