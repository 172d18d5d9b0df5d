/**
 * Transports of other people's stacks, wrapped. Start at {@link io.mcpgate.sdk.McpSdk} or at
 * {@link io.mcpgate.langchain4j.McpLangChain4j}. The stacks themselves are the host's.
 */
@SuppressWarnings("requires-automatic") // the stacks' jars name no modules of their own
module io.mcpgate.sdk {
    requires transitive io.mcpgate.core;
    requires org.slf4j;
    // Not transitive, although they are in the API: who requires this module would have to have all of them to be
    // compiled.
    requires static io.modelcontextprotocol.sdk.mcp.core;
    requires static langchain4j.mcp;
    requires static com.fasterxml.jackson.core;
    requires static com.fasterxml.jackson.databind;
    requires static reactor.core;
    requires static org.reactivestreams;
    requires static transitive org.jspecify;

    exports io.mcpgate.langchain4j;
    exports io.mcpgate.sdk;
}
