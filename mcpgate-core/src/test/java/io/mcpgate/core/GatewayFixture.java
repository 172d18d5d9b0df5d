package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A gateway before two servers, one of which support staff may enter and administrators both. */
abstract class GatewayFixture {
    static final Principal ALICE = Principal.of("alice", "support");
    static final Principal ADMIN = Principal.of("admin", "admin");

    final ScriptedUpstream crm = new ScriptedUpstream("crm", "search", "delete");
    final ScriptedUpstream files = new ScriptedUpstream("files", "read", "search");
    final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    final RecordingSession session = RecordingSession.legacy("s-1");
    final List<Gateway> opened = new ArrayList<>();

    GatewayBuilder builder() {
        return Gateway.builder()
                .server(crm)
                .server(files)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(
                        Role.allowing(
                                "support",
                                new Grant(
                                        List.of("crm"),
                                        List.of("search"),
                                        List.of("greet"),
                                        List.of("mem://a"),
                                        List.of(),
                                        List.of("sampling/createMessage"))),
                        Role.allowing("admin", Grant.everything("*")))))
                .audit(audit);
    }

    Gateway open(GatewayBuilder builder) {
        Gateway gateway = builder.build();
        opened.add(gateway);
        return gateway;
    }

    @AfterEach
    void close() {
        opened.forEach(Gateway::close);
    }

    Call call(Principal who, String server, String method, Map<String, ?> params) {
        Call call = Call.request(RequestId.of(1), method, Payload.of(params), session)
                .with(Credential.KEY, new Credential.Vouched(who));
        return server == null ? call : call.withServer(server);
    }

    Call tool(Principal who, String server, String tool) {
        return call(who, server, "tools/call", Map.of("name", tool, "arguments", Map.of()));
    }

    static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    static List<Object> names(Reply reply, String member, String key) {
        List<?> entries = (List<?>) ((Reply.Complete) reply).result().members().get(member);
        return entries.stream()
                .<Object>map(entry -> ((Map<?, ?>) entry).get(key))
                .toList();
    }

    static Reply.Failure failure(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return (Reply.Failure) reply;
    }
}
