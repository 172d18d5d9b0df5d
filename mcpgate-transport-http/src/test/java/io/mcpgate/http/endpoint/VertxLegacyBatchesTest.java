package io.mcpgate.http.endpoint;

class VertxLegacyBatchesTest extends LegacyBatchesScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return VertxEndpointTest.engine(endpoint);
    }
}
