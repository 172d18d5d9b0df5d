package io.mcpgate.sdk;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.McpTransportContextExtractor;
import io.modelcontextprotocol.server.transport.HttpServletSseServerTransportProvider;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What the SDK's versions since 0.17 write differently, for the tests of servers. */
@SuppressWarnings("deprecation") // older ones have only those
final class SdkServers {
    private SdkServers() {}

    /** {@code McpJsonDefaults} since 1.0. */
    static McpJsonMapper mapper() {
        try {
            return (McpJsonMapper) Class.forName("io.modelcontextprotocol.json.McpJsonDefaults")
                    .getMethod("getMapper")
                    .invoke(null);
        } catch (ClassNotFoundException old) {
            return (McpJsonMapper) invoke(null, McpJsonMapper.class, "getDefault");
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Object invoke(Object on, Class<?> in, String method, Object... arguments) {
        try {
            for (Method candidate : in.getMethods()) {
                boolean meant = candidate.getName().equals(method)
                        && candidate.getParameterCount() == arguments.length
                        && !candidate.isBridge();
                if (meant) {
                    return candidate.invoke(on, arguments);
                }
            }
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
        throw new IllegalStateException("This SDK has no " + method);
    }

    static Tool tool(String name) {
        return Tool.builder()
                .name(name)
                .description("does " + name)
                .inputSchema(mapper(), "{\"type\":\"object\",\"additionalProperties\":true}")
                .build();
    }

    static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).build();
    }

    static Implementation implementation(String name) {
        return new Implementation(name, "1");
    }

    static McpServer.SyncSpecification<?> server(McpServerTransportProvider transport) {
        return McpServer.sync(transport)
                .serverInfo("crm", "1")
                .jsonMapper(mapper())
                .capabilities(capabilities());
    }

    static McpStatelessSyncServer statelessServer(
            McpStatelessServerTransport transport, UnaryOperator<McpServer.StatelessSyncSpecification> tools) {
        return tools.apply(McpServer.sync(transport)
                        .serverInfo("crm", "1")
                        .jsonMapper(mapper())
                        .capabilities(ServerCapabilities.builder().tools(false).build()))
                .build();
    }

    private static ServerCapabilities capabilities() {
        return ServerCapabilities.builder().tools(true).logging().build();
    }

    /** Asks the user. What is asked became an interface in 2.0, and its builder another class. */
    static String elicit(McpSyncServerExchange exchange) {
        Map<String, Object> schema = Map.of("type", "object", "properties", Map.of("sure", Map.of("type", "boolean")));
        Object builder = invoke(null, ElicitRequest.class, "builder");
        invoke(builder, builder.getClass(), "message", "Sure?");
        invoke(builder, builder.getClass(), "requestedSchema", schema);
        ElicitRequest question = (ElicitRequest) invoke(builder, builder.getClass(), "build");
        return String.valueOf(exchange.createElicitation(question).action());
    }

    /** A client whose user says yes, to whatever class the question is of. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static McpClient.SyncSpec sayingYes(McpClient.SyncSpec client) {
        Function<Object, ElicitResult> yes =
                asked -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of("sure", true), null);
        return client.elicitation((Function) yes);
    }

    static LoggingMessageNotification log(String text) {
        return LoggingMessageNotification.builder()
                .level(LoggingLevel.ERROR)
                .logger("crm")
                .data(text)
                .build();
    }

    static McpClientTransport http(String base, String key) {
        return HttpClientStreamableHttpTransport.builder(base)
                .endpoint("/mcp")
                .jsonMapper(mapper())
                .httpRequestCustomizer((request, method, uri, body, context) -> request.header("X-Api-Key", key))
                .build();
    }

    /** The HTTP+SSE transports are deprecated, and what many servers have. */
    @SuppressWarnings("deprecation")
    static final class Sse {
        private Sse() {}

        /** It is a servlet, too. */
        static McpServerTransportProvider provider(McpTransportContextExtractor<HttpServletRequest> context) {
            return HttpServletSseServerTransportProvider.builder()
                    .jsonMapper(mapper())
                    .messageEndpoint("/message")
                    .contextExtractor(context)
                    .build();
        }

        static HttpServlet servlet(McpServerTransportProvider provider) {
            return (HttpServletSseServerTransportProvider) provider;
        }

        static McpClientTransport client(String base, String key) {
            return HttpClientSseClientTransport.builder(base)
                    .jsonMapper(mapper())
                    .httpRequestCustomizer((request, method, uri, body, context) -> request.header("X-Api-Key", key))
                    .build();
        }
    }
}
