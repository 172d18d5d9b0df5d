/** One idea per class, and the gateway as a program. */
module io.mcpgate.examples {
    requires info.picocli;
    requires io.mcpgate.http;
    requires static io.mcpgate.sdk;
    requires static langchain4j;
    requires static langchain4j.core;
    requires static langchain4j.mcp;
    requires io.mcpgate.stdio;
    requires static io.modelcontextprotocol.sdk.mcp.core;
    requires static jakarta.servlet;
    requires io.vertx.core;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires java.net.http;
    requires static org.jspecify;
    requires org.slf4j;
    requires com.fasterxml.jackson.dataformat.yaml; // optional in the core, but not for a program that reads gate.yaml

    opens io.mcpgate.examples.cli to
            info.picocli;
}
