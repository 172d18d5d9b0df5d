/**
 * The official Java SDK (io.modelcontextprotocol.sdk, 0.17 and later), wrapped: its clients' and its servers' transports, and
 * transports that lead to a gateway or come from one. Start at {@link io.mcpgate.sdk.McpSdk}.
 */
@NullMarked
package io.mcpgate.sdk;

import org.jspecify.annotations.NullMarked;
