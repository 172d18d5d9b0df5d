/** The gateway: chain, wire, policy, limits, audit. Start at {@link io.mcpgate.core.Gateway}. */
module io.mcpgate.core {
    requires transitive io.mcpgate.api;
    requires com.fasterxml.jackson.core;
    requires static com.fasterxml.jackson.dataformat.yaml;
    requires com.github.benmanes.caffeine;
    requires io.github.bucket4j.core;
    requires org.slf4j;
    // Not transitive, although it is in the API: who has no use for metrics need not have it to be compiled.
    requires static micrometer.core;
    requires static transitive org.jspecify;

    exports io.mcpgate.core;
    exports io.mcpgate.core.audit;
    exports io.mcpgate.core.bridge;
    exports io.mcpgate.core.catalog;
    exports io.mcpgate.core.config;
    exports io.mcpgate.core.identity;
    exports io.mcpgate.core.json;
    exports io.mcpgate.core.limit;
    exports io.mcpgate.core.policy;
    exports io.mcpgate.core.protocol;
    exports io.mcpgate.core.route;
    exports io.mcpgate.core.stage;
    exports io.mcpgate.core.telemetry;
    exports io.mcpgate.core.wrap;
}
