package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.telemetry.CallMeters;
import io.mcpgate.route.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What benchmarks and {@link AllocationTest} measure: gateways around a server in memory, and calls through them. */
final class MeasuredGate {
    static final String SERVER = "crm";
    static final String KEY = "mcpgate_measured";
    static final Credential VOUCHED = new Credential.Vouched(Principal.of("ann", "agent"));
    static final Credential SECRET = new Credential.Secret(KEY);
    static final Credential NOTHING = new Credential.None();
    static final JsonReader READER = new JsonReader(JsonLimits.DEFAULT);
    static final Session CLIENT = new Client();
    static final Reply FOUND = Reply.complete(
            payload("{\"content\":[{\"type\":\"text\",\"text\":\"Ann, 12 orders\"}],\"isError\":false}"));

    private static final Payload FIND = payload("{\"name\":\"find\",\"arguments\":{\"customer\":\"4711\"}}");
    private static final RequestId ID = RequestId.of("a-1");

    private MeasuredGate() {}

    /**
     * Everything that is on by default, with rules and limits that ask for work: 100 rules, two limits, audit in memory; and
     * metrics.
     */
    static GatewayBuilder full(Function<Call, CompletionStage<Reply>> server) {
        return full().server(server(server));
    }

    /** The same, without a server yet. */
    static GatewayBuilder full() {
        Rate plenty = new Rate(1_000_000_000_000L, Duration.ofHours(1));
        return Gateway.builder()
                .observer(new CallMeters(new SimpleMeterRegistry()))
                .authenticator(new ApiKeys(Map.of(ApiKeys.hash(KEY), Principal.of("ann", "agent")), null))
                .policies(new RolePolicyStore(List.of(agent("agent"))))
                .limit(Limit.of("each principal", Limit.Per.PRINCIPAL, plenty))
                .limit(Limit.of("each tool", Limit.Per.TOOL, plenty))
                .audit(new InMemoryAuditSink(1_000));
    }

    /** As little as there can be: anybody may do anything, as often as they like. */
    static GatewayBuilder bare(Function<Call, CompletionStage<Reply>> server) {
        return Gateway.builder()
                .server(server(server))
                .authenticator(new ApiKeys(Map.of(), Principal.of("anybody", "all")))
                .policies(new RolePolicyStore(List.of(Role.allowing("all", Grant.everything("*")))))
                .audit(new InMemoryAuditSink(1_000));
    }

    /** A role of 100 rules, the last of which allows every other entry of {@link #toolList}, and {@code find}. */
    static Role agent(String name) {
        List<Grant> grants = new ArrayList<>();
        for (int i = 1; i < 100; i++) {
            grants.add(Grant.tools(SERVER, "other_" + i, "also_" + i + "_*"));
        }
        grants.add(Grant.tools(SERVER, "find*"));
        return Role.allowing(name, grants.toArray(Grant[]::new));
    }

    /** A small {@code tools/call} of a client that shows {@code credential}. */
    static Call call(Credential credential) {
        return Call.request(ID, "tools/call", FIND, CLIENT)
                .with(Credential.KEY, credential)
                .withServer(SERVER);
    }

    /** A {@code tools/list} of a client that shows {@code credential}. */
    static Call list(Credential credential) {
        return Call.request(ID, "tools/list", Payload.empty(), CLIENT)
                .with(Credential.KEY, credential)
                .withServer(SERVER);
    }

    /** The result of {@code tools/list}: tools with a description and a schema, about 400 bytes each. */
    static String toolList(int tools) {
        StringBuilder list = new StringBuilder("{\"tools\":[");
        for (int i = 0; i < tools; i++) {
            list.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(i % 2 == 0 ? "find_" : "hide_")
                    .append(i)
                    .append(
                            "\",\"title\":\"Finds things\",\"description\":\"Finds the customers whose name, address or ")
                    .append("order number holds the text, and tells for each what was ordered last.\",\"inputSchema\":")
                    .append("{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\",\"description\":")
                    .append("\"What to look for\"},\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100}},")
                    .append("\"required\":[\"text\"]},\"annotations\":{\"readOnlyHint\":true}}");
        }
        return list.append("]}").toString();
    }

    /** A body as it comes from the wire. */
    static Payload payload(String json) {
        try {
            return READER.payload(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /** The result of a call that must have gone well: what measures a refusal would measure nothing. */
    static Payload result(CompletionStage<Reply> stage) {
        CompletableFuture<Reply> reply = stage.toCompletableFuture();
        if (reply.isDone() && reply.join() instanceof Reply.Complete complete) {
            return complete.result();
        }
        throw new IllegalStateException("There must be a result by now: " + reply);
    }

    /** As {@link #result}; the list of {@link #toolList} loses every other entry. */
    static Payload halfOf(Payload whole, CompletionStage<Reply> stage) {
        Payload kept = result(stage);
        if (kept.size() > whole.size() * 0.51 || kept.size() < whole.size() * 0.45) {
            throw new IllegalStateException("Half of the list must be left: " + kept.size() + " of " + whole.size());
        }
        return kept;
    }

    /** A server that answers like this. */
    static Upstream server(Function<Call, CompletionStage<Reply>> how) {
        return new Server(how);
    }

    private record Server(Function<Call, CompletionStage<Reply>> how) implements Upstream {
        @Override
        public String name() {
            return SERVER;
        }

        @Override
        public CompletionStage<Reply> forward(Call call) {
            return how.apply(call);
        }

        @Override
        public void close() {}
    }

    private static final class Client implements Session {
        @Override
        public String key() {
            return "measured";
        }

        @Override
        public String protocolVersion() {
            return "2025-11-25";
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.of(Payload.empty());
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            return CompletableFuture.completedFuture(Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Nothing is asked"));
        }
    }
}
