/**
 * Transports of other people's stacks, wrapped. Start at {@link io.mcpgate.sdk.McpSdk} or at
 * {@link io.mcpgate.langchain4j.McpLangChain4j}. The stacks themselves are the host's.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // the SDK's jars name no modules of their own
module io.mcpgate.sdk {
    requires transitive io.mcpgate.core;
    requires org.slf4j;
    requires static transitive io.modelcontextprotocol.sdk.mcp.core;
    requires static transitive langchain4j.mcp;
    requires static com.fasterxml.jackson.core;
    requires static com.fasterxml.jackson.databind;
    requires static transitive reactor.core;
    requires static org.reactivestreams;
    requires static transitive org.jspecify;

    exports io.mcpgate.langchain4j;
    exports io.mcpgate.sdk;
}
