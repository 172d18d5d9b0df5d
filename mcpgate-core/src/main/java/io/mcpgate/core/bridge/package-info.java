/**
 * Clients and servers of different eras. {@link io.mcpgate.core.bridge.EraBridge} stands before the connections to one
 * server and finds out which eras the server speaks. A call whose client speaks one of them goes straight through; for the
 * others there are two bridges, each an upstream around the same server:
 *
 * <ul>
 *   <li>{@code LegacyToModern}: the client has a session and is asked by requests, the server knows neither
 *   <li>{@code ModernToLegacy}: the client describes itself with each request and is asked within results, the server
 *       wants a session and asks by requests
 * </ul>
 *
 * <p>Bridges stand below all steps: policy, limits and audit see a call as its client made it, and what a bridge brings to
 * the client passes the steps on the way back.
 */
@NullMarked
package io.mcpgate.core.bridge;

import org.jspecify.annotations.NullMarked;
