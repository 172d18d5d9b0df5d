import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mcpgate.ErrorCode;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.InProcessServer;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * What the gateway does for a host on the official SDK, done with real clients and servers of it. The same source is compiled
 * against each release that {@code SdkVersionsTest} names, so it uses only what all of them have. Prints a line for each check:
 * its name, a tab, and "ok" or what went wrong.
 *
 * <p>With the argument {@code serve} it is the server, over stdio.
 */
@SuppressWarnings("deprecation") // what every release has
public final class WrappedSdk {
    private static final McpJsonMapper JSON = mapper();
    private static final Principal ANN = Principal.of("ann", "seller");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();
    private final List<LoggingMessageNotification> logs = new CopyOnWriteArrayList<>();

    private interface Check {
        void run(WrappedSdk at) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            server(new StdioServerTransportProvider(JSON)); // whose threads go on until the parent ends this process
            return;
        }
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("allow", WrappedSdk::allows);
        checks.put("refuse", WrappedSdk::refuses);
        checks.put("filter", WrappedSdk::filters);
        checks.put("throttle", WrappedSdk::throttles);
        checks.put("audit", WrappedSdk::audits);
        checks.put("elicitation", WrappedSdk::bringsElicitation);
        checks.put("sampling", WrappedSdk::bringsSampling);
        checks.put("progress", WrappedSdk::bringsProgress);
        checks.put("logging", WrappedSdk::bringsLogs);
        checks.put("cancel", WrappedSdk::cancels);
        checks.put("reconnect", WrappedSdk::reconnects);
        checks.put("stdio", WrappedSdk::wrapsAProcess);
        checks.put("in-process", WrappedSdk::governsAServerInThisProcess);
        checks.forEach(WrappedSdk::report);
        System.out.flush();
        Runtime.getRuntime().halt(0); // whatever threads the SDK still has
    }

    private static void report(String name, Check check) {
        String outcome = "ok";
        WrappedSdk at = new WrappedSdk();
        try {
            check.run(at);
        } catch (Throwable problem) { // a missing method too: that is what this is for
            problem.printStackTrace();
            outcome = problem.toString().replaceAll("\\s+", " ");
        }
        at.close();
        System.out.println(name + "\t" + outcome);
    }

    private void close() {
        for (int last = opened.size() - 1; last >= 0; last--) {
            try {
                opened.get(last).close();
            } catch (Exception problem) {
                problem.printStackTrace();
            }
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    // --- the checks

    private void allows() {
        require("found x", textOf(client(inProcess()).callTool(call("find"))));
    }

    private void refuses() {
        McpSyncClient client = client(inProcess());

        require(ErrorCode.FORBIDDEN.code(), codeOf(() -> client.callTool(call("delete"))));
    }

    private void filters() {
        Set<String> names = new TreeSet<>();
        client(inProcess()).listTools().tools().forEach(tool -> names.add(tool.name()));

        require(Set.of("ask", "find", "slow", "think", "work"), names);
    }

    private void throttles() {
        McpSyncClient client = client(
                gateway(some -> some.limit(Limit.of("few", Limit.Per.PRINCIPAL, new Rate(2, Duration.ofHours(1))))),
                inProcess());

        require(ErrorCode.RATE_LIMITED.code(), codeOf(() -> {
            for (int i = 0; i < 4; i++) client.callTool(call("find"));
        }));
    }

    private void audits() {
        McpSyncClient client = client(inProcess());
        client.callTool(call("find"));
        codeOf(() -> client.callTool(call("delete")));
        List<String> told = new ArrayList<>();
        for (AuditEvent event : audit.events()) {
            if (event.method().equals("tools/call")) {
                told.add(event.principal() + " " + event.target().name() + " " + event.kind());
            }
        }

        require(List.of("ann find ATTEMPT", "ann find OUTCOME", "ann delete OUTCOME"), told);
    }

    private void bringsElicitation() {
        require("the user says ACCEPT", textOf(client(inProcess()).callTool(call("ask"))));
    }

    private void bringsSampling() {
        require("the model says 42", textOf(client(inProcess()).callTool(call("think"))));
    }

    private void bringsProgress() {
        client(inProcess())
                .callTool(CallToolRequest.builder()
                        .name("work")
                        .arguments(Map.of())
                        .progressToken("mine")
                        .build());
        await("three steps of progress", () -> progress.size() == 3);
        for (ProgressNotification each : progress) require("mine", each.progressToken());

        require(List.of(1.0, 2.0, 3.0), progress.stream().map(ProgressNotification::progress).sorted().toList());
    }

    private void bringsLogs() {
        client(inProcess()).callTool(call("work"));
        await("a log message", () -> !logs.isEmpty());

        require("worked", String.valueOf(logs.get(0).data()));
    }

    /** By the gateway's deadline: the SDK's own clients never say that they have given up. */
    private void cancels() {
        List<JSONRPCMessage> sent = new CopyOnWriteArrayList<>();
        McpSyncClient client = client(
                gateway(some -> some.timeout(Duration.ofSeconds(1))), new Tapped(inProcess(), sent::add));

        require(ErrorCode.DEADLINE.code(), codeOf(() -> client.callTool(call("slow"))));
        JSONRPCMessage last = sent.get(sent.size() - 1);
        require(true, last instanceof JSONRPCNotification told && told.method().equals("notifications/cancelled"));
    }

    /** At a server which forgets its sessions and says so by 404: as without a gateway, whatever the release makes of it. */
    private void reconnects() throws IOException {
        String direct = losingItsSession(transport -> transport);
        String wrapped = losingItsSession(transport -> McpSdk.wrap(gateway(none -> none), "crm", ANN, transport));

        require(direct, wrapped);
        require(true, wrapped.startsWith("in session 1, ") && wrapped.endsWith(", in session 2"));
    }

    private String losingItsSession(UnaryOperator<McpClientTransport> how) throws IOException {
        Forgetful server = closing(new Forgetful());
        McpSyncClient client = closing(spec(how.apply(HttpClientStreamableHttpTransport.builder(server.base())
                        .endpoint("/mcp")
                        .jsonMapper(JSON)
                        .build()))
                .build());
        client.initialize();
        String before = textOf(client.callTool(call("find")));
        server.forget();
        String lost = "nothing";
        try {
            client.callTool(call("find"));
        } catch (RuntimeException problem) {
            lost = String.valueOf(problem.getMessage());
        }
        return before + ", " + lost + ", " + textOf(client.callTool(call("find")));
    }

    private void wrapsAProcess() {
        var command = ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .args("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "WrappedSdk", "serve")
                .build();
        McpSyncClient client = client(new StdioClientTransport(command, JSON));

        require("found x", textOf(client.callTool(call("find"))));
        require("the user says ACCEPT", textOf(client.callTool(call("ask"))));
        require(ErrorCode.FORBIDDEN.code(), codeOf(() -> client.callTool(call("delete"))));
    }

    /** Wrapped on the side of the server; the client comes by a transport of the gateway. */
    private void governsAServerInThisProcess() {
        InProcessServer transport = new InProcessServer(JSON);
        closing(server(transport)::close);
        Gateway gateway = closing(policy(Gateway.builder().server("crm", transport)).build());
        McpSyncClient client = closing(spec(McpSdk.clientTransport(gateway, "crm", ANN, JSON)).build());
        client.initialize();

        require("found x", textOf(client.callTool(call("find"))));
        require("the user says ACCEPT", textOf(client.callTool(call("ask"))));
        require(ErrorCode.FORBIDDEN.code(), codeOf(() -> client.callTool(call("delete"))));
    }

    // --- the gateway and the client

    private Gateway gateway(Function<GatewayBuilder, GatewayBuilder> more) {
        return closing(more.apply(policy(Gateway.builder().wrapped("crm"))).build());
    }

    private GatewayBuilder policy(GatewayBuilder builder) {
        return builder.authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "seller",
                        new Grant(
                                List.of("crm"),
                                List.of("find", "ask", "think", "work", "slow"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of("elicitation/create", "sampling/createMessage", "logging/setLevel"))))))
                .revealRefusals()
                .audit(audit);
    }

    private McpClientTransport inProcess() {
        InProcessServer transport = new InProcessServer(JSON);
        closing(server(transport)::close);
        return transport.clientTransport();
    }

    private McpSyncClient client(McpClientTransport transport) {
        return client(gateway(none -> none), transport);
    }

    private McpSyncClient client(Gateway gateway, McpClientTransport transport) {
        McpSyncClient client = closing(spec(McpSdk.wrap(gateway, "crm", ANN, transport)).build());
        client.initialize();
        return client;
    }

    private McpClient.SyncSpec spec(McpClientTransport transport) {
        return McpClient.sync(transport)
                .requestTimeout(PATIENCE)
                .elicitation(question -> new ElicitResult(ElicitResult.Action.ACCEPT, Map.of()))
                .sampling(question ->
                        CreateMessageResult.builder().message("42").model("none").build())
                .progressConsumer(progress::add)
                .loggingConsumer(logs::add);
    }

    // --- the server

    private static McpSyncServer server(McpServerTransportProvider transport) {
        return McpServer.sync(transport)
                .serverInfo("crm", "1")
                .capabilities(ServerCapabilities.builder().tools(true).logging().build())
                .toolCall(tool("find"), (exchange, call) -> text("found " + call.arguments().get("q")))
                .toolCall(tool("delete"), (exchange, call) -> text("deleted"))
                .toolCall(tool("ask"), WrappedSdk::ask)
                .toolCall(tool("think"), WrappedSdk::think)
                .toolCall(tool("work"), WrappedSdk::work)
                .toolCall(tool("slow"), WrappedSdk::slow)
                .build();
    }

    private static Tool tool(String name) {
        return Tool.builder()
                .name(name)
                .description(name)
                .inputSchema(JSON, "{\"type\":\"object\"}")
                .build();
    }

    private static CallToolResult ask(McpSyncServerExchange exchange, CallToolRequest call) {
        var answer = exchange.createElicitation(ElicitRequest.builder()
                .message("Sure?")
                .requestedSchema(Map.of("type", "object", "properties", Map.of()))
                .build());
        return text("the user says " + answer.action());
    }

    private static CallToolResult think(McpSyncServerExchange exchange, CallToolRequest call) {
        var answer = exchange.createMessage(CreateMessageRequest.builder()
                .messages(List.of(new SamplingMessage(McpSchema.Role.USER, new TextContent("Well?"))))
                .maxTokens(10)
                .build());
        return text("the model says " + ((TextContent) answer.content()).text());
    }

    private static CallToolResult work(McpSyncServerExchange exchange, CallToolRequest call) {
        Object token = call.progressToken();
        for (int i = 1; token != null && i <= 3; i++) {
            exchange.progressNotification(new ProgressNotification(token, i, 3.0, "step " + i));
        }
        exchange.loggingNotification(LoggingMessageNotification.builder()
                .level(LoggingLevel.ERROR)
                .logger("crm")
                .data("worked")
                .build());
        return text("done");
    }

    private static CallToolResult slow(McpSyncServerExchange exchange, CallToolRequest call) {
        try {
            new CountDownLatch(1).await(5, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return text("at last");
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).build();
    }

    // --- small things

    /** 0.17 has it elsewhere than the others. */
    private static McpJsonMapper mapper() {
        try {
            return (McpJsonMapper) Class.forName("io.modelcontextprotocol.json.McpJsonDefaults")
                    .getMethod("getMapper")
                    .invoke(null);
        } catch (ClassNotFoundException of017) {
            return mapperOf017();
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException(problem);
        }
    }

    private static McpJsonMapper mapperOf017() {
        try {
            return (McpJsonMapper) McpJsonMapper.class.getMethod("getDefault").invoke(null);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException(problem);
        }
    }

    private static CallToolRequest call(String tool) {
        return new CallToolRequest(tool, Map.of("q", "x"));
    }

    private static String textOf(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    private static int codeOf(Runnable refused) {
        try {
            refused.run();
        } catch (McpError error) {
            return error.getJsonRpcError().code();
        }
        throw new AssertionError("It was not refused.");
    }

    private static void require(Object expected, Object found) {
        if (!expected.equals(found)) throw new AssertionError("expected " + expected + ", found " + found);
    }

    private static void await(String what, BooleanSupplier there) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("no " + what);
            Thread.onSpinWait();
        }
    }

    /** A transport in front of another one, which sees what is sent. */
    private static final class Tapped implements McpClientTransport {
        private final McpClientTransport transport;
        private final Consumer<JSONRPCMessage> onSend;

        Tapped(McpClientTransport transport, Consumer<JSONRPCMessage> onSend) {
            this.transport = transport;
            this.onSend = onSend;
        }

        @Override
        public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> receive) {
            return transport.connect(receive);
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> {
                onSend.accept(message);
                return transport.sendMessage(message);
            });
        }

        @Override
        public List<String> protocolVersions() {
            return transport.protocolVersions();
        }

        @Override
        public Mono<Void> closeGracefully() {
            return transport.closeGracefully();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return transport.unmarshalFrom(data, type);
        }
    }

    /** As little of a server with sessions as a client needs. */
    private static final class Forgetful implements AutoCloseable {
        private final HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        private volatile int session;
        private volatile boolean forgotten = true;

        Forgetful() throws IOException {
            http.createContext("/mcp", this::serve);
            http.start();
        }

        String base() {
            return "http://" + http.getAddress().getHostString() + ":" + http.getAddress().getPort();
        }

        void forget() {
            forgotten = true;
        }

        private void serve(HttpExchange exchange) throws IOException {
            if (!exchange.getRequestMethod().equals("POST")) {
                answer(exchange, 405, null);
                return;
            }
            var message = JSON.readValue(exchange.getRequestBody().readAllBytes(), Map.class);
            if (message.get("method").equals("initialize")) {
                session++;
                forgotten = false;
                exchange.getResponseHeaders().set("Mcp-Session-Id", "s" + session);
                Object version = ((Map<?, ?>) message.get("params")).get("protocolVersion");
                answer(exchange, 200, result(message, Map.of(
                        "protocolVersion", version,
                        "capabilities", Map.of("tools", Map.of()),
                        "serverInfo", Map.of("name", "forgetful", "version", "1"))));
            } else if (forgotten || !("s" + session).equals(exchange.getRequestHeaders().getFirst("Mcp-Session-Id"))) {
                answer(exchange, 404, null);
            } else if (!message.containsKey("id")) {
                answer(exchange, 202, null);
            } else {
                Map<String, Object> said = Map.of("type", "text", "text", "in session " + session);
                answer(exchange, 200, result(message, Map.of("content", List.of(said))));
            }
        }

        private static Map<String, Object> result(Map<?, ?> request, Map<String, Object> result) {
            return Map.of("jsonrpc", "2.0", "id", request.get("id"), "result", result);
        }

        private static void answer(HttpExchange exchange, int status, Map<String, Object> json) throws IOException {
            byte[] body = json == null ? new byte[0] : JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
            if (json != null) exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) exchange.getResponseBody().write(body);
            exchange.close();
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }
}
