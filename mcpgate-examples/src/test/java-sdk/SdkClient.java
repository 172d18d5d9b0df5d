import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CompleteReference;
import io.modelcontextprotocol.spec.McpSchema.CompleteRequest;
import io.modelcontextprotocol.spec.McpSchema.CompleteRequest.CompleteArgument;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult.StopReason;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ResourceReference;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.Root;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A client of the official Java SDK which takes the arguments and operations of {@code src/test/node/client.mjs} and prints its
 * report: one after the other, each a line of JSON on standard input, until that ends. With {@code --wrap} and a server's name its transport is in a gateway that allows everything. The same source is
 * compiled against 1.1.5 and 2.1.0: it uses only what both have, so a few things that 2.x deprecates.
 */
public final class SdkClient {
    private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();
    private static final List<String> NO_CANCEL = List.of("cancelAfterMs", "cancelOnProgress");

    private final Map<String, Object> report = new LinkedHashMap<>();
    private final List<Object> progress = new CopyOnWriteArrayList<>();
    private final List<Map<String, Object>> notifications = new CopyOnWriteArrayList<>();
    private final List<Object> requests = new CopyOnWriteArrayList<>();
    private final Deque<String> arguments;
    private String bearer;
    private URI http;
    private ServerParameters stdio;
    private String wrap;
    private List<String> offer = List.of();
    private Duration timeout = Duration.ofSeconds(30);
    private int seenBefore;

    private SdkClient(String[] arguments) {
        this.arguments = new ArrayDeque<>(Arrays.asList(arguments));
    }

    public static void main(String[] none) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(JSON.writeValueAsString(new SdkClient(JSON.readValue(line, String[].class)).run()));
        }
        Runtime.getRuntime().halt(0); // whatever threads the SDK still has
    }

    private Map<String, Object> run() throws Exception {
        while (arguments.size() > 1) option(arguments.pop());
        List<Object> results = new ArrayList<>();
        report.put("server", null);
        report.put("results", results);
        report.put("progress", progress);
        report.put("notifications", notifications);
        report.put("requests", requests);
        McpSyncClient client = client();
        try {
            var server = client.initialize();
            report.put("server", map(
                    "info", plain(server.serverInfo()),
                    "capabilities", plain(server.capabilities()),
                    "era", "legacy",
                    "protocolVersion", server.protocolVersion()));
        } catch (RuntimeException problem) {
            problem.printStackTrace();
            report.put("error", failure(problem));
        }
        if (!report.containsKey("error")) {
            for (Object operation : JSON.readValue(arguments.pop(), List.class)) results.add(attempt(client, object(operation)));
        }
        client.closeGracefully();
        return report;
    }

    private void option(String option) {
        switch (option) {
            case "--bearer" -> bearer = arguments.pop();
            case "--http" -> http = URI.create(arguments.pop());
            case "--offer" -> offer = List.of(arguments.pop().split(","));
            case "--wrap" -> wrap = arguments.pop();
            case "--timeout" -> timeout = Duration.ofMillis(Long.parseLong(arguments.pop()));
            case "--stdio" -> {
                List<String> command = new ArrayList<>();
                while (arguments.size() > 2) command.add(arguments.pop());
                arguments.pop(); // the "--" before the operations
                stdio = ServerParameters.builder(command.get(0)).args(command.subList(1, command.size())).build();
            }
            default -> throw new IllegalArgumentException("Unknown option " + option);
        }
    }

    private McpClientTransport wrapped(McpClientTransport transport) {
        if (wrap == null) return transport;
        Gateway gateway = Gateway.builder()
                .wrapped(wrap)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(io.mcpgate.core.policy.Role.allowing("all", Grant.everything(wrap)))))
                .audit(new InMemoryAuditSink(1_000))
                .build();
        return McpSdk.wrap(gateway, wrap, Principal.of("user", "all"), transport);
    }

    private McpClientTransport transport() {
        if (stdio != null) {
            var transport = new StdioClientTransport(stdio, JSON);
            transport.setStdErrorHandler(System.err::println);
            return transport;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (bearer != null) request.header("Authorization", "Bearer " + bearer);
        return HttpClientStreamableHttpTransport.builder(http.resolve("/").toString())
                .endpoint(http.getPath())
                .requestBuilder(request)
                .build();
    }

    private McpSyncClient client() {
        ClientCapabilities.Builder capabilities = ClientCapabilities.builder();
        McpClient.SyncSpec spec = McpClient.sync(wrapped(transport()))
                .requestTimeout(timeout)
                .initializationTimeout(timeout)
                .toolsChangeConsumer(tools -> notified("notifications/tools/list_changed", Map.of()))
                .promptsChangeConsumer(prompts -> notified("notifications/prompts/list_changed", Map.of()))
                .resourcesChangeConsumer(resources -> notified("notifications/resources/list_changed", Map.of()))
                .loggingConsumer(message -> notified("notifications/message", plain(message)))
                .progressConsumer(message -> progress.add(plain(message)));
        if (offer.contains("sampling")) {
            capabilities.sampling();
            spec.sampling(question -> {
                requests.add(map("method", "sampling/createMessage", "params", plain(question)));
                var last = question.messages().get(question.messages().size() - 1).content();
                String text = last instanceof TextContent content ? content.text() : "";
                return new CreateMessageResult(
                        Role.ASSISTANT, new TextContent("canned answer to: " + text), "canned-model", StopReason.END_TURN);
            });
        }
        if (offer.contains("elicitation")) {
            capabilities.elicitation();
            spec.elicitation(question -> {
                requests.add(map("method", "elicitation/create", "params", plain(question)));
                Map<String, Object> content = new LinkedHashMap<>();
                object(question.requestedSchema().get("properties"))
                        .forEach((name, schema) -> content.put(name, sample(object(schema))));
                return new ElicitResult(ElicitResult.Action.ACCEPT, content);
            });
        }
        if (offer.contains("roots")) {
            capabilities.roots(true);
            spec.roots(new Root("file:///canned/root", "canned root"));
        }
        return spec.capabilities(capabilities.build()).build();
    }

    private void notified(String method, Object params) {
        notifications.add(map("method", method, "params", params));
    }

    private Map<String, Object> attempt(McpSyncClient client, Map<String, Object> operation) {
        Object op = operation.get("op");
        try {
            int before = notifications.size();
            Object value = sent(client, operation);
            if (!"awaitNotification".equals(op)) seenBefore = before;
            return map("op", op, "ok", true, "value", value);
        } catch (Exception problem) {
            Map<String, Object> result = map("op", op, "ok", false);
            result.putAll(failure(problem));
            return result;
        }
    }

    /** Over stdio, 1.1.5 refuses one of two messages that are sent at the same moment: an answer, say, and the next call. */
    private Object sent(McpSyncClient client, Map<String, Object> operation) throws Exception {
        for (int again = 0; again < 5; again++) {
            try {
                return run(client, operation);
            } catch (RuntimeException problem) {
                if (!"Failed to enqueue message".equals(problem.getMessage())) throw problem;
            }
        }
        return run(client, operation);
    }

    private Object run(McpSyncClient client, Map<String, Object> operation) throws Exception {
        if (NO_CANCEL.stream().anyMatch(operation::containsKey)) {
            throw new UnsupportedOperationException("The Java SDK's client cannot cancel a call.");
        }
        String name = (String) operation.get("name");
        Map<String, Object> arguments = object(Objects.requireNonNullElse(operation.get("arguments"), Map.of()));
        switch ((String) operation.get("op")) {
            case "sleep":
                Thread.sleep(((Number) operation.get("ms")).longValue());
                return null;
            case "awaitNotification":
                return awaitNotification(operation);
            case "ping":
                return plain(client.ping());
            case "listTools":
                return plain(client.listTools());
            case "callTool":
                var call = CallToolRequest.builder().name(name).arguments(arguments);
                if (operation.containsKey("progress")) call.progressToken("progress of " + name);
                return plain(client.callTool(call.build()));
            case "listPrompts":
                return plain(client.listPrompts());
            case "getPrompt":
                return plain(client.getPrompt(new GetPromptRequest(name, arguments)));
            case "listResources":
                return plain(client.listResources());
            case "listTemplates":
                return plain(client.listResourceTemplates());
            case "readResource":
                return plain(client.readResource(new ReadResourceRequest((String) operation.get("uri"))));
            case "complete":
                Map<String, Object> argument = object(operation.get("argument"));
                return plain(client.completeCompletion(new CompleteRequest(
                        reference(object(operation.get("ref"))),
                        new CompleteArgument((String) argument.get("name"), (String) argument.get("value")))));
            case "setLevel":
                client.setLoggingLevel(LoggingLevel.valueOf(((String) operation.get("level")).toUpperCase(Locale.ROOT)));
                return null;
            default:
                throw new UnsupportedOperationException("The Java client has no " + operation.get("op") + ".");
        }
    }

    private static CompleteReference reference(Map<String, Object> ref) {
        return "ref/prompt".equals(ref.get("type"))
                ? new PromptReference((String) ref.get("name"))
                : new ResourceReference((String) ref.get("uri"));
    }

    private List<Object> awaitNotification(Map<String, Object> operation) throws InterruptedException {
        long millis = operation.get("timeout") instanceof Number given ? given.longValue() : timeout.toMillis();
        long deadline = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        int from = Boolean.TRUE.equals(operation.get("fresh")) ? seenBefore : 0;
        while (true) {
            List<Map<String, Object>> now = List.copyOf(notifications);
            List<Object> found = new ArrayList<>(now.subList(from, now.size()).stream()
                    .filter(each -> each.get("method").equals(operation.get("method")))
                    .toList());
            if (!found.isEmpty()) return found;
            if (System.nanoTime() > deadline) throw new IllegalStateException("0 of 1 " + operation.get("method") + " came.");
            Thread.sleep(20);
        }
    }

    private static Object sample(Map<String, Object> schema) {
        if (schema.get("enum") instanceof List<?> choices) return choices.get(0);
        for (String anyOf : List.of("oneOf", "anyOf")) {
            if (schema.get(anyOf) instanceof List<?> choices) return object(choices.get(0)).get("const");
        }
        switch (String.valueOf(schema.get("type"))) {
            case "boolean":
                return true;
            case "integer":
            case "number":
                return Objects.requireNonNullElse(schema.get("minimum"), 1);
            case "array":
                return List.of(sample(object(schema.get("items"))));
            default:
                return switch (String.valueOf(schema.get("format"))) {
                    case "email" -> "canned@example.org";
                    case "uri" -> "https://example.org/";
                    case "date" -> "2026-07-28";
                    case "date-time" -> "2026-07-28T00:00:00Z";
                    default -> "canned";
                };
        }
    }

    private static Map<String, Object> failure(Throwable problem) {
        Throwable cause = problem instanceof McpError ? problem : McpError.findRootCause(problem);
        var error = cause instanceof McpError refused ? refused.getJsonRpcError() : null;
        return map(
                "type", cause.getClass().getSimpleName(),
                "code", error == null ? null : error.code(),
                "message", error == null ? String.valueOf(cause.getMessage()) : error.message());
    }

    private static Object plain(Object value) {
        return value == null ? null : JSON.convertValue(value, Object.class);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object json) {
        return (Map<String, Object>) json;
    }

    private static Map<String, Object> map(Object... members) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) map.put((String) members[i], members[i + 1]);
        return map;
    }
}
