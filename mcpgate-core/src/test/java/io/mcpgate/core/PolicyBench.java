package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.policy.Rules;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A gateway before one server, {@code crm}, and a client, {@code alice}, with one role. Bodies are real bytes. */
final class PolicyBench implements AutoCloseable {
    static final Principal ALICE = Principal.of("alice", "hers");

    /** Who sends, and whether it waits for an answer. */
    enum Way {
        CLIENT_ASKS,
        CLIENT_TELLS,
        SERVER_ASKS,
        SERVER_TELLS;

        boolean isOfClient() {
            return this == CLIENT_ASKS || this == CLIENT_TELLS;
        }

        boolean isRequest() {
            return this == CLIENT_ASKS || this == SERVER_ASKS;
        }
    }

    private static final String SPEAK = "test/speak";

    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final RecordingSession session;
    private final ScriptedUpstream crm = new ScriptedUpstream("crm");
    private final Map<String, String> results = new HashMap<>();
    private final Gateway gateway;
    private volatile UnaryOperator<Call> speech = UnaryOperator.identity();
    private volatile CompletableFuture<Reply> heard = new CompletableFuture<>();

    PolicyBench(String era, String rules) {
        this(era, rules, UnaryOperator.identity(), false);
    }

    PolicyBench(String era, String rules, UnaryOperator<GatewayBuilder> more, boolean conceals) {
        session = era.equals("modern") ? RecordingSession.modern("s") : RecordingSession.legacy("s");
        session.answering(call -> call.isNotification() ? Reply.accepted() : Reply.complete(result(call, "{}")));
        crm.when(this::serve);
        GatewayBuilder builder = Gateway.builder()
                .server(crm)
                .audit(audit)
                .authenticator(credential ->
                        CompletableFuture.completedFuture(Optional.of(((Credential.Vouched) credential).principal())))
                .policies(new RolePolicyStore(
                        List.of(Rules.role("hers", "crm", rules), Rules.role("speaker", "crm", "methods: " + SPEAK))));
        gateway = more.apply(conceals ? builder : builder.revealRefusals()).build();
    }

    /** What the server, or the client, answers to a method from now on. */
    PolicyBench answering(String method, String json) {
        results.put(method, json);
        return this;
    }

    private Payload result(Call call, String otherwise) {
        return json(results.getOrDefault(call.method(), otherwise));
    }

    private CompletionStage<Reply> serve(Call call) {
        if (call.method().equals(SPEAK)) {
            Call said = speech.apply(call.withPrincipal(ALICE));
            CompletionStage<Reply> delivered = call.session().deliver(said);
            return delivered
                    .whenComplete((reply, error) -> heard.complete(reply))
                    .thenApply(reply -> Reply.complete(Payload.empty()));
        }
        if (call.isNotification()) {
            return CompletableFuture.completedFuture(Reply.accepted());
        }
        Payload result = result(call, usual(call.method()));
        boolean asks =
                result.string("resultType").filter("input_required"::equals).isPresent();
        return CompletableFuture.completedFuture(asks ? new Reply.InputRequired(result) : Reply.complete(result));
    }

    private static String usual(String method) {
        return switch (method) {
            case "tools/list" -> "{\"tools\": []}";
            case "prompts/list" -> "{\"prompts\": []}";
            case "resources/list" -> "{\"resources\": []}";
            case "resources/templates/list" -> "{\"resourceTemplates\": []}";
            case "tasks/list" -> "{\"tasks\": []}";
            case "completion/complete" -> "{\"completion\": {\"values\": []}}";
            default -> "{}";
        };
    }

    /** Has the server make a task, {@code s-task}, for the tool {@code search}, and the client one for its sampling. */
    PolicyBench withTasks() {
        String task = session.isModern()
                ? "{\"resultType\": \"task\", \"taskId\": \"s-task\", \"ttlMs\": null}"
                : "{\"task\": {\"taskId\": \"s-task\", \"ttl\": 60000}}";
        answering("tools/call", task).answering("sampling/createMessage", "{\"task\": {\"taskId\": \"c-task\"}}");
        answering("tasks/list", "{\"tasks\": []}");
        send(Way.CLIENT_ASKS, "tools/call", json("{\"name\": \"search\"}"));
        send(Way.SERVER_ASKS, "sampling/createMessage", json("{}"));
        results.clear();
        answering("tasks/list", "{\"tasks\": []}");
        crm.received().clear();
        session.delivered().clear();
        return this;
    }

    Reply ask(String method, String params) {
        return send(Way.CLIENT_ASKS, method, json(params));
    }

    Reply send(Way way, String method, Payload params) {
        if (way.isOfClient()) {
            Call call = way.isRequest()
                    ? Call.request(RequestId.of(1), method, params, session)
                    : Call.notification(method, params, session);
            return join(handle(ALICE, call));
        }
        heard = new CompletableFuture<>();
        speech = call -> way.isRequest()
                ? call.requestToClient(RequestId.of(9), method, params)
                : call.notificationToClient(method, params);
        // Somebody else gives the server its turn, so that the rules of the table are alone about what it then says.
        join(handle(
                Principal.of("alice-2", "speaker"), Call.request(RequestId.of(2), SPEAK, Payload.empty(), session)));
        return join(heard);
    }

    CompletionStage<Reply> handle(Principal who, Call call) {
        return gateway.handle(call.withServer("crm").with(Credential.KEY, new Credential.Vouched(who)));
    }

    static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** What arrived at the other end. */
    List<Call> arrived(Way way, String method) {
        List<Call> all = way.isOfClient() ? crm.received() : session.delivered();
        return all.stream().filter(call -> call.method().equals(method)).toList();
    }

    /** The params of the one message of that method that the server got. */
    String received(String method) {
        return text(arrived(Way.CLIENT_ASKS, method).get(0).params());
    }

    RecordingSession session() {
        return session;
    }

    Gateway gateway() {
        return gateway;
    }

    AuditEvent lastEvent() {
        return audit.events().get(audit.events().size() - 1);
    }

    static String text(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    /** A body; {@code $declared} in it says that its sender knows tasks, as 2026-07-28 wants it said. */
    static Payload json(String text) {
        String json = text.replace(
                "$declared",
                "\"_meta\": {\"io.modelcontextprotocol/clientCapabilities\":"
                        + " {\"extensions\": {\"io.modelcontextprotocol/tasks\": {}}}}");
        try {
            return new JsonReader(JsonLimits.DEFAULT).payload(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage malformed) {
            throw new IllegalArgumentException(text, malformed);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
