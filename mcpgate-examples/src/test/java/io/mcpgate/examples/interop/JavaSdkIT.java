package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.examples.demo.JavaServer;
import io.mcpgate.examples.tap.WireTap;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official Java SDK at both ends: its client on the gate over HTTP and stdio, its servers behind it. */
class JavaSdkIT {
    private static final Map<String, Object> ANY = Map.of("type", "object");
    private static Server jetty;
    private static McpSyncServer sdkServer;
    private static GateFixture gate;
    private final List<McpSyncClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        var provider = HttpServletStreamableServerTransportProvider.builder()
                .mcpEndpoint("/mcp")
                .build();
        sdkServer = McpServer.sync(provider)
                .serverInfo("sdk-http", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .toolCall(
                        tool("echo"),
                        (exchange, call) -> text("Echo: " + call.arguments().get("message")))
                .toolCall(tool("secret"), (exchange, call) -> text("secret"))
                .toolCall(tool("steps"), (exchange, call) -> {
                    for (int i = 1; i <= 3; i++) {
                        exchange.progressNotification(
                                ProgressNotification.builder(call.meta().get("progressToken"), i)
                                        .build());
                    }
                    return text("done");
                })
                .toolCall(tool("ask"), (exchange, call) -> {
                    var question = new SamplingMessage(
                            Role.USER, TextContent.builder("2+2?").build());
                    var answer = exchange.createMessage(
                            CreateMessageRequest.builder(List.of(question), 10).build());
                    return text("the model says " + ((TextContent) answer.content()).text());
                })
                .build();
        jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(provider);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/mcp/*");
        jetty.setHandler(context);
        jetty.start();
        gate = GateFixture.open(
                """
                servers:
                  sdk-http: {url: "http://127.0.0.1:%d/mcp"}
                  sdk-stdio: {command: %s}
                  dead: {command: ["/no/such/program"]}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                  reader: {keys: ["${env:HASH_READER}"], roles: [reader]}
                roles:
                  admin: {allow: [{tools: ["*"], methods: ["*"]}]}
                  reader: {allow: [{server: [sdk-http, sdk-stdio], tools: [echo, steps]}]}
                limits: [{name: few, per: principal, rates: ["3/1h"], servers: [sdk-stdio]}]
                audit: {to: memory}
                """.formatted(connector.getLocalPort(), GateFixture.list(javaServer())), "admin", "reader");
    }

    private static List<String> javaServer() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JavaServer.class.getName());
    }

    private static Tool tool(String name) {
        return Tool.builder(name, ANY).description(name).build();
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder(List.of(TextContent.builder(text).build()))
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        Closing.all(gate, sdkServer::close, jetty::stop);
    }

    @AfterEach
    void disconnect() {
        clients.forEach(McpSyncClient::closeGracefully);
        clients.clear();
    }

    private McpSyncClient connect(McpClient.SyncSpec spec) {
        McpSyncClient client = spec.requestTimeout(Duration.ofSeconds(30)).build();
        client.initialize();
        clients.add(client);
        return client;
    }

    private McpSyncClient connect(String server, String principal) {
        return connect(McpClient.sync(JavaClient.http(gate, server, principal)));
    }

    private static List<String> tools(McpSyncClient client) {
        return client.listTools().tools().stream().map(Tool::name).toList();
    }

    @Test
    void seesAndCallsWhatItMay() {
        McpSyncClient reader = connect("sdk-http", "reader");

        assertThat(reader.getServerInfo().name()).isEqualTo("sdk-http");
        assertThat(tools(reader)).containsExactlyInAnyOrder("echo", "steps");
        assertThat(JavaClient.call(reader, "echo", Map.of("message", "Grüße"))).isEqualTo("Echo: Grüße");
    }

    @Test
    void isRefusedAsTheServerRefusesAnUnknownTool() {
        McpSyncClient admin = connect("sdk-http", "admin");
        McpSyncClient reader = connect("sdk-http", "reader");

        McpError unknown = refusal(admin, "nope");
        McpError refused = refusal(reader, "secret");

        assertThat(refused.getJsonRpcError().code())
                .isEqualTo(unknown.getJsonRpcError().code());
        assertThat(refused.getJsonRpcError().message())
                .isEqualTo(unknown.getJsonRpcError().message().replace("nope", "secret"));
        assertThat(String.valueOf(refused.getJsonRpcError().data()))
                .isEqualTo(String.valueOf(unknown.getJsonRpcError().data()).replace("nope", "secret"));
    }

    private static McpError refusal(McpSyncClient client, String tool) {
        try {
            client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).build());
        } catch (McpError refused) {
            return refused;
        }
        throw new AssertionError(tool + " was not refused");
    }

    @Test
    void getsTheProgressOfItsCallUnderItsOwnToken() {
        List<ProgressNotification> progress = new CopyOnWriteArrayList<>();
        McpSyncClient client = connect(
                McpClient.sync(JavaClient.http(gate, "sdk-http", "admin")).progressConsumer(progress::add));

        assertThat(JavaClient.call(client, "steps", Map.of())).isEqualTo("done");

        await().untilAsserted(() -> assertThat(progress) // the SDK hands each to another thread: no order
                .extracting(ProgressNotification::progress)
                .containsExactlyInAnyOrder(1.0, 2.0, 3.0));
        assertThat(progress).extracting(ProgressNotification::progressToken).containsOnly(JavaClient.TOKEN);
    }

    @Test
    void isAskedByTheServerDuringItsCall() {
        McpSyncClient client = connect(McpClient.sync(JavaClient.http(gate, "sdk-http", "admin"))
                .capabilities(McpSchema.ClientCapabilities.builder().sampling().build())
                .sampling(question -> CreateMessageResult.builder(
                                Role.ASSISTANT, TextContent.builder("4").build(), "test-model")
                        .build()));

        assertThat(JavaClient.call(client, "ask", Map.of())).isEqualTo("the model says 4");
    }

    @Test
    void startsAStdioServerBehindTheGateAndIsThrottled() {
        McpSyncClient client = connect("sdk-stdio", "reader");
        for (int i = 0; i < 3; i++) {
            assertThat(JavaClient.call(client, "echo", Map.of("message", "no " + i)))
                    .isEqualTo("Echo: no " + i);
        }

        assertThatThrownBy(() -> JavaClient.call(client, "echo", Map.of("message", "more")))
                .isInstanceOfSatisfying(
                        McpError.class,
                        error -> assertThat(error.getJsonRpcError().code()).isEqualTo(429));
    }

    @Test
    void usesAllItsServersAsOne() {
        McpSyncClient client = connect("", "reader");

        assertThat(tools(client)).containsExactlyInAnyOrder("sdk-http__echo", "sdk-http__steps", "sdk-stdio__echo");
        assertThat(JavaClient.call(client, "sdk-http__echo", Map.of("message", "x")))
                .isEqualTo("Echo: x");
    }

    @Test
    void goesOnWithoutADeadServer() {
        McpSyncClient client = connect("", "admin");

        assertThat(tools(client)).contains("sdk-http__echo", "sdk-stdio__echo");
        assertThatThrownBy(() -> connect("dead", "admin")).hasStackTraceContaining("dead");
        assertThat(JavaClient.call(client, "sdk-http__echo", Map.of("message", "y")))
                .isEqualTo("Echo: y");
    }

    @Test
    void worksOverStdioThroughTheProgram() throws IOException {
        try (WireTap wire = new WireTap()) {
            List<String> command = McpgateJar.command("wrap", "--allow-all", "--");
            command.addAll(wire.child("java-server", javaServer()));
            List<String> tapped = wire.client(command);
            McpSyncClient client = connect(McpClient.sync(new StdioClientTransport(
                    ServerParameters.builder(tapped.get(0))
                            .args(tapped.subList(1, tapped.size()))
                            .build(),
                    McpJsonDefaults.getMapper())));

            assertThat(client.getServerInfo().name()).isEqualTo("java-server");
            assertThat(JavaClient.call(client, "echo", Map.of("message", "hé €")))
                    .isEqualTo("Echo: hé €");
            disconnect();
        }
    }

    @Test
    void isNotLetInWithoutAKey() {
        McpClientTransport anonymous = HttpClientStreamableHttpTransport.builder(gate.base())
                .endpoint("/mcp/sdk-http")
                .build();

        assertThatThrownBy(() -> connect(McpClient.sync(anonymous))).hasStackTraceContaining("Authorization error");
    }
}
