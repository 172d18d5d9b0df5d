package io.mcpgate.http.endpoint;

class JettyLegacyBatchesTest extends LegacyBatchesScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return JettyEndpointTest.engine(endpoint);
    }
}
