/** MCP over stdio: child processes as upstreams, and the own stdin and stdout as the side of the client. */
module io.mcpgate.stdio {
    requires transitive io.mcpgate.core;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.mcpgate.stdio;
}
