/** MCP over HTTP: an endpoint for any servlet container, an embedded server, and the client for upstreams. */
module io.mcpgate.http {
    requires transitive io.mcpgate.core;
    requires static io.netty.buffer;
    requires static io.netty.common;
    requires static io.netty.transport;
    requires static transitive io.vertx.core;
    requires static transitive jakarta.servlet;
    requires java.net.http;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.mcpgate.http;
    exports io.mcpgate.http.upstream;
    exports io.mcpgate.http.endpoint;
    exports io.mcpgate.http.servlet;
    exports io.mcpgate.http.vertx;
}
