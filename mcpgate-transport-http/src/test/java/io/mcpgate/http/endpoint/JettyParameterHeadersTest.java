package io.mcpgate.http.endpoint;

class JettyParameterHeadersTest extends ParameterHeadersScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return JettyEndpointTest.engine(endpoint);
    }
}
