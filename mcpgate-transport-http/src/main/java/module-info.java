/** MCP over HTTP: an endpoint for any servlet container, an embedded server, and the client for upstreams. */
module io.mcpgate.http {
    requires transitive io.mcpgate.core;
    requires static io.vertx.core;
    requires static transitive jakarta.servlet;
    requires java.net.http;
    requires static transitive org.jspecify;
    requires org.slf4j;
}
