/**
 * The public contracts of mcpgate: what a host, a framework author or an interceptor sees. JDK types only.
 *
 * <p>Start at {@link io.mcpgate.Interceptor}; the gateway itself is built with {@code io.mcpgate.core.Gateway}.
 */
module io.mcpgate.api {
    requires static transitive org.jspecify;

    exports io.mcpgate;
    exports io.mcpgate.audit;
    exports io.mcpgate.policy;
    exports io.mcpgate.route;
}
