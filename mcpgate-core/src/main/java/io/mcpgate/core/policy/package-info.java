/**
 * Policy inside the gateway. {@link io.mcpgate.core.policy.Authorize} asks the store and acts on what the policy decides,
 * for calls and for whatever they and their answers name; {@link io.mcpgate.core.policy.TaskOwners} remembers whose a task
 * is; {@link io.mcpgate.core.policy.RolePolicyStore} is the policy of the configuration file:
 * roles, each a list of {@link io.mcpgate.core.policy.Grant}s, compiled to {@link io.mcpgate.core.policy.Globs}, with
 * the methods that each brings in {@code Included};
 * {@link io.mcpgate.core.policy.Concealment} makes a refused name look like one that does not exist.
 * {@link io.mcpgate.core.policy.Audience} tells clients that a change of policy has changed their lists.
 */
@NullMarked
package io.mcpgate.core.policy;

import org.jspecify.annotations.NullMarked;
