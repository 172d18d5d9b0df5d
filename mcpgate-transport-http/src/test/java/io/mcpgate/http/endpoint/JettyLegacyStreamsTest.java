package io.mcpgate.http.endpoint;

class JettyLegacyStreamsTest extends LegacyStreamsScenarios {
    @Override
    Engine serve(McpEndpoint endpoint) throws Exception {
        return JettyEndpointTest.engine(endpoint);
    }
}
