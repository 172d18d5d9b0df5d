/** The demonstration of "Try it": two agents with different rights on real MCP servers, and what the gate makes of it. */
@NullMarked
package io.mcpgate.examples.demo;

import org.jspecify.annotations.NullMarked;
