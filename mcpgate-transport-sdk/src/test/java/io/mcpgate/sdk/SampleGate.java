package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A gateway before one server: ann may use most of it, bob too, eve nothing. Their API keys are their names. */
final class SampleGate implements AutoCloseable {
    static final Principal ANN = Principal.of("ann", "seller");
    static final Principal BOB = Principal.of("bob", "seller");
    static final Principal EVE = Principal.of("eve", "nobody");

    final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    /** What has passed policy, on its way to the server. */
    final List<Call> calls = new CopyOnWriteArrayList<>();

    final Gateway gateway;

    SampleGate(UnaryOperator<GatewayBuilder> server) {
        gateway = server.apply(Gateway.builder())
                .authenticator(new ApiKeys(
                        Map.of(
                                ApiKeys.hash("ann"), ANN,
                                ApiKeys.hash("bob"), BOB,
                                ApiKeys.hash("eve"), EVE),
                        null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "seller",
                        new Grant(
                                List.of("crm"),
                                List.of("find*", "ask", "think", "work", "wait", "rare", "added"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of("elicitation/create", "sampling/createMessage"))))))
                .limit(new Limit(
                        "rare",
                        Limit.Per.PRINCIPAL,
                        List.of(Rate.parse("1/h")),
                        List.of("*"),
                        List.of("rare"),
                        Limit.WORK))
                .audit(audit)
                .intercept("spy", (call, chain) -> {
                    calls.add(call);
                    return chain.proceed(call);
                })
                .build();
    }

    /** The key that the host's extractor has found. */
    static Credential who(McpTransportContext context) {
        return context.get("key") instanceof String key && !key.isEmpty()
                ? new Credential.Secret(key)
                : new Credential.None();
    }

    Stream<AuditEvent> outcomes(String method) {
        return audit.events().stream()
                .filter(event -> event.kind() == AuditEvent.Kind.OUTCOME)
                .filter(event -> event.method().equals(method));
    }

    @Override
    public void close() {
        gateway.close(java.time.Duration.ofMillis(1));
    }
}
