package io.mcpgate.http.endpoint;

class VertxParameterHeadersTest extends ParameterHeadersScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return VertxEndpointTest.engine(endpoint);
    }
}
