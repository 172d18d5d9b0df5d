package io.mcpgate.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A merged catalog of two servers, crm and files, that speaks JSON text with ' for ". */
final class Catalog implements AutoCloseable {
    static final Principal ADMIN = Principal.of("admin", "admin");
    static final Principal OTHER_ADMIN = Principal.of("other", "admin");
    static final Principal SUPPORT = Principal.of("support", "support");
    private static final JsonReader READER = new JsonReader(JsonLimits.DEFAULT);

    final ScriptedUpstream crm = new ScriptedUpstream("crm", "search");
    final ScriptedUpstream files = new ScriptedUpstream("files", "read");
    private final Gateway gateway;

    Catalog() {
        this(builder -> builder);
    }

    Catalog(UnaryOperator<GatewayBuilder> changes) {
        gateway = changes.apply(Gateway.builder()
                        .name("front")
                        .drain(Duration.ofMillis(1)) // calls that a test leaves open are not worth waiting for
                        .server(crm)
                        .server(files)
                        .authenticator(new ApiKeys(Map.of(), null))
                        .policies(new RolePolicyStore(List.of(
                                Role.allowing("admin", Grant.everything("*")),
                                Role.allowing("support", Grant.everything("crm"))))))
                .build();
    }

    static RawJson json(String text) {
        return new RawJson(text.replace('\'', '"'));
    }

    /** JSON text as a server or client writes it. */
    record RawJson(String text) {
        Payload payload() {
            try {
                return READER.payload(text.getBytes(StandardCharsets.UTF_8));
            } catch (MalformedMessage malformed) {
                throw new AssertionError(malformed);
            }
        }
    }

    static Payload payload(String text) {
        return json(text).payload();
    }

    static String text(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    /** The result of a reply, with ' for ". */
    static String result(Reply reply) {
        if (reply instanceof Reply.InputRequired asking) {
            return text(asking.result()).replace('"', '\'');
        }
        assertThat(reply).isInstanceOf(Reply.Complete.class);
        return text(((Reply.Complete) reply).result()).replace('"', '\'');
    }

    static Reply.Failure failure(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return (Reply.Failure) reply;
    }

    static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    /** What a server answers to one method. */
    static Function<Call, CompletionStage<Reply>> answering(String method, String result) {
        return call -> call.method().equals(method) ? done(Reply.complete(payload(result))) : null;
    }

    CompletableFuture<Reply> begin(Principal who, Session session, String method, String params) {
        return begin(who, Call.request(RequestId.of(7), method, payload(params), session));
    }

    CompletableFuture<Reply> begin(Principal who, Call call) {
        return gateway.handle(call.with(Credential.KEY, new Credential.Vouched(who)))
                .toCompletableFuture();
    }

    Reply ask(Principal who, Session session, String method, String params) {
        return join(begin(who, session, method, params));
    }

    Reply ask(Session session, String method, String params) {
        return ask(ADMIN, session, method, params);
    }

    Reply tell(Session session, String method, String params) {
        return join(begin(ADMIN, Call.notification(method, payload(params), session)));
    }

    /** Has a server make tasks for the administrator, and forget that it was asked and what it was told to answer. */
    Catalog withTasks(ScriptedUpstream server, String... ids) {
        for (String id : ids) {
            server.when(answering("tools/call", "{'task':{'taskId':'" + id + "','status':'working','ttl':60000}}"));
            ask(RecordingSession.legacy("maker"), "tools/call", "{'name':'" + server.name() + "__any','task':{}}");
        }
        server.when(call -> null).received().clear();
        return this;
    }

    static Reply join(CompletableFuture<Reply> reply) {
        return reply.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** The params of what a server received last, with ' for ". */
    static String received(ScriptedUpstream server) {
        List<Call> calls = server.received();
        return text(calls.get(calls.size() - 1).params()).replace('"', '\'');
    }

    @Override
    public void close() {
        gateway.close();
    }
}
