package io.mcpgate.http.endpoint;

class VertxLegacyStreamsTest extends LegacyStreamsScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return VertxEndpointTest.engine(endpoint);
    }
}
