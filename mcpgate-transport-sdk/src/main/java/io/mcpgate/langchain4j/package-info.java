/**
 * LangChain4j's MCP client (langchain4j-mcp 1.18.1-beta28 and later), with the gateway between it and its transport. Start at
 * {@link io.mcpgate.langchain4j.McpLangChain4j}.
 *
 * <p>The SPI carries whole messages as Jackson 2's {@code JsonNode}: a refusal is an error response, and what no step has
 * changed is the very node, or message, that came in.
 */
@NullMarked
package io.mcpgate.langchain4j;

import org.jspecify.annotations.NullMarked;
