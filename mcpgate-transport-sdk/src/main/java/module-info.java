/**
 * Transports of other people's stacks, wrapped. Start at {@link io.mcpgate.sdk.McpSdk}. The stacks themselves are the host's.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // the SDK's jars name no modules of their own
module io.mcpgate.sdk {
    requires transitive io.mcpgate.core;
    requires org.slf4j;
    requires static transitive io.modelcontextprotocol.sdk.mcp.core;
    requires static transitive reactor.core;
    requires static org.reactivestreams;
    requires static transitive org.jspecify;

    exports io.mcpgate.sdk;
}
