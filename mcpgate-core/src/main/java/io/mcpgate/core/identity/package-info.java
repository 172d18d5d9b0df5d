/**
 * From credential to principal. A transport edge attaches the {@link io.mcpgate.core.identity.Credential} that it found;
 * {@link io.mcpgate.core.identity.Identify} has it checked, and checks that the session belongs to the same principal.
 */
@NullMarked
package io.mcpgate.core.identity;

import org.jspecify.annotations.NullMarked;
