/**
 * Who may do what. A {@link io.mcpgate.policy.PolicyStore} gives a principal's {@link io.mcpgate.policy.Policy}; the
 * policy is a pure function from {@link io.mcpgate.policy.Access} to {@link io.mcpgate.policy.Decision}, and the only
 * thing that decides: the same answer filters a list and refuses a call.
 */
@NullMarked
package io.mcpgate.policy;

import org.jspecify.annotations.NullMarked;
