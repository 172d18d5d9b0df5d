package io.mcpgate.sdk;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * What a wrapped transport costs: a tool call from the client's message to the server's, and the answer back, over a
 * transport that answers at once. Wrapped minus bare is the gateway: the default chain, a policy of 100 rules, one limit, an
 * audit sink in memory.
 */
@SuppressWarnings("deprecation") // what every version of the SDK has
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WrapBenchmark {
    private Gateway gateway;
    private McpClientTransport bare;
    private McpClientTransport wrapped;
    private McpStatelessServerHandler bareServer;
    private McpStatelessServerHandler wrappedServer;
    private long answers;

    @Setup
    public void open() {
        gateway = Gateway.builder()
                .wrapped("crm")
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing("agent", hundredRules()))))
                .limit(Limit.of("all", Limit.Per.PRINCIPAL, new Rate(1_000_000_000_000L, Duration.ofHours(1))))
                .audit(new InMemoryAuditSink(1_000))
                .build();
        bare = connected(new Echo());
        bareServer = new Server();
        Exit exit = new Exit();
        McpSdk.wrap(
                        gateway,
                        "crm",
                        any -> new Credential.Vouched(Principal.of("ann", "agent")),
                        exit,
                        McpJsonDefaults.getMapper())
                .setMcpHandler(new Server());
        wrappedServer = exit.handler;
        wrapped = connected(McpSdk.wrap(gateway, "crm", Principal.of("ann", "agent"), new Echo()));
    }

    private static Grant[] hundredRules() {
        List<Grant> grants = new ArrayList<>();
        for (int i = 1; i < 100; i++) {
            grants.add(Grant.tools("crm", "other_" + i, "also_" + i + "_*"));
        }
        grants.add(Grant.tools("crm", "find*"));
        return grants.toArray(Grant[]::new);
    }

    private McpClientTransport connected(McpClientTransport transport) {
        transport.connect(message -> message.doOnNext(answer -> answers++)).block();
        return transport;
    }

    @TearDown
    public void close() {
        gateway.close();
    }

    @Benchmark
    public long bare() {
        return call(bare);
    }

    @Benchmark
    public long wrapped() {
        return call(wrapped);
    }

    @Benchmark
    public Object bareStatelessServer() {
        return call(bareServer);
    }

    @Benchmark
    public Object wrappedStatelessServer() {
        return call(wrappedServer);
    }

    private static Object call(McpStatelessServerHandler server) {
        return server.handleRequest(
                        McpTransportContext.EMPTY,
                        new JSONRPCRequest(
                                "2.0",
                                "tools/call",
                                "a-1",
                                Map.of("name", "find", "arguments", Map.of("customer", "4711"))))
                .block();
    }

    private long call(McpClientTransport transport) {
        long before = answers;
        transport
                .sendMessage(new JSONRPCRequest(
                        "2.0", "tools/call", "a-1", new CallToolRequest("find", Map.of("customer", "4711"))))
                .block();
        if (answers != before + 1) {
            throw new IllegalStateException("There must be one answer for each call");
        }
        return answers;
    }

    /** Answers at once, on the caller's thread, with what a mapper makes of a small result. */
    private static final class Echo implements McpClientTransport {
        private static final Map<String, Object> RESULT =
                Map.of("content", List.of(Map.of("type", "text", "text", "Ann Example, 12 orders")), "isError", false);

        private Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler;

        @Override
        public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> receive) {
            handler = receive;
            return Mono.empty();
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> handler.apply(
                            Mono.just(new JSONRPCResponse("2.0", ((JSONRPCRequest) message).id(), RESULT, null)))
                    .then());
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            throw new IllegalStateException("nothing on this path is converted");
        }
    }

    /** Answers at once with what a tool makes. */
    private static final class Server implements McpStatelessServerHandler {
        private static final CallToolResult RESULT = CallToolResult.builder()
                .addTextContent("Ann Example, 12 orders")
                .isError(false)
                .build();

        @Override
        public Mono<JSONRPCResponse> handleRequest(McpTransportContext context, JSONRPCRequest request) {
            return Mono.just(new JSONRPCResponse("2.0", request.id(), RESULT, null));
        }

        @Override
        public Mono<Void> handleNotification(McpTransportContext context, JSONRPCNotification notification) {
            return Mono.empty();
        }
    }

    /** Keeps the handler that it is given, to be called as a servlet would. */
    private static final class Exit implements McpStatelessServerTransport {
        private McpStatelessServerHandler handler;

        @Override
        public void setMcpHandler(McpStatelessServerHandler given) {
            handler = given;
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }
}
