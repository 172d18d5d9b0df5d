/**
 * What happened. The gateway tells an {@link io.mcpgate.audit.AuditSink} of each attempt before it is made and of each
 * outcome before the client learns of it.
 */
@NullMarked
package io.mcpgate.audit;

import org.jspecify.annotations.NullMarked;
