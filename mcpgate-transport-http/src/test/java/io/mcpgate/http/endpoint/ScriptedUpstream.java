package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.route.Upstream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server in memory, whose tools do what their names say. */
final class ScriptedUpstream implements Upstream {
    /** A tool whose schema says that the header {@code Mcp-Param-Region} repeats an argument. */
    private static final Map<String, Object> QUERY = Map.of(
            "name",
            "query",
            "inputSchema",
            Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of("region", Map.of("type", "string", "x-mcp-header", "Region"))));

    static final int LOUD_BYTES = 300 << 10; // more than may wait on a stream
    static final int HUGE_BYTES = 16 << 20; // more than sockets hold

    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<Call> held = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> release = new CompletableFuture<>();
    private final String name;

    ScriptedUpstream(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    List<String> methods() {
        return calls.stream().map(Call::method).toList();
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        calls.add(call);
        if (call.isNotification()) {
            return done(Reply.accepted());
        }
        return switch (call.method()) {
            case "initialize" -> done(initialized(call));
            case "tools/list" ->
                done(Reply.complete(Payload.of(Map.of(
                        "tools", List.of(Map.of("name", "echo", "inputSchema", Map.of("type", "object")), QUERY)))));
            case "tools/call" -> tool(call);
            case "subscriptions/listen" -> listen(call);
            case "unknown/here" -> done(Reply.Failure.received(-32601, "Method not found", null));
            default -> done(Reply.complete(Payload.of(Map.of("method", call.method()))));
        };
    }

    private static Reply initialized(Call call) {
        String asked = call.params().string("protocolVersion").orElse("");
        return asked.equals("refused")
                ? Reply.failure(ErrorCode.UNAVAILABLE, "Not today")
                : Reply.complete(Payload.of(Map.of(
                        "protocolVersion",
                        ProtocolVersions.LEGACY.contains(asked) ? asked : "2025-11-25",
                        "capabilities",
                        Map.of("tools", Map.of("listChanged", true)),
                        "serverInfo",
                        Map.of("name", "scripted", "version", "1"))));
    }

    private CompletionStage<Reply> tool(Call call) {
        return switch (call.target().name()) {
            case "echo", "query" ->
                done(text(String.valueOf(call.params().members().get("arguments"))));
            case "hold" -> hold(call);
            case "progress" ->
                progress(call, 1).thenCompose(first -> progress(call, 2)).thenApply(second -> text("done"));
            case "changes" ->
                call.session()
                        .deliver(call.notificationToClient("notifications/tools/list_changed", Payload.empty()))
                        .thenApply(told -> text(told instanceof Reply.Accepted ? "told" : "not told"));
            case "progressThenHold" -> progress(call, 1).thenCompose(first -> hold(call));
            case "sample" ->
                call.session()
                        .deliver(call.requestToClient(
                                RequestId.of("s-1"), "sampling/createMessage", Payload.of(Map.of("maxTokens", 1))))
                        .thenApply(answer -> text(
                                answer instanceof Reply.Complete complete
                                        ? "client said "
                                                + complete.result()
                                                        .string("text")
                                                        .orElse("nothing")
                                        : "client failed"));
            case "unwritable" -> done(Reply.complete(new Unwritable()));
            case "progressThenUnwritable" -> progress(call, 1).thenApply(told -> Reply.complete(new Unwritable()));
            case "flood" -> flood(call, 0);
            case "loud" -> {
                say(call, LOUD_BYTES); // whether it was taken is not waited for
                yield done(text("said"));
            }
            case "huge" -> done(text("x".repeat(HUGE_BYTES)));
            case "limited" -> done(Reply.failure(ErrorCode.RATE_LIMITED, "Slower"));
            case "down" -> done(Reply.failure(ErrorCode.UNAVAILABLE, "Down"));
            case "broken" -> throw new IllegalStateException("secret detail");
            default -> done(Reply.Failure.received(-32602, "Unknown tool", null));
        };
    }

    /** What a host's own tool may have made: no JSON. */
    private static final class Unwritable implements Payload {
        @Override
        public Object value() {
            throw new IllegalArgumentException("secret detail");
        }

        @Override
        public ByteBuffer json() {
            throw new IllegalArgumentException("secret detail");
        }

        @Override
        public int knownSize() {
            return -1;
        }

        @Override
        public Object member(String... path) {
            return null;
        }
    }

    private CompletionStage<Reply> hold(Call call) {
        held.add(call);
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        call.cancellation().onCancel(() -> reply.complete(Reply.failure(ErrorCode.CANCELLED, "Cancelled")));
        release.thenRun(() -> reply.complete(text("held")));
        return reply;
    }

    private static CompletionStage<Reply> progress(Call call, int step) {
        return call.session()
                .deliver(call.notificationToClient(
                        "notifications/progress", Payload.of(Map.of("progressToken", "p", "progress", step))));
    }

    private static CompletionStage<Reply> flood(Call call, int count) {
        return say(call, 64 << 10)
                .thenCompose(sent -> sent instanceof Reply.Failure || count > 10_000
                        ? done(text("flooded"))
                        : flood(call, count + 1));
    }

    private static CompletionStage<Reply> say(Call call, int bytes) {
        return call.session()
                .deliver(call.notificationToClient(
                        "notifications/message", Payload.of(Map.of("level", "info", "data", "x".repeat(bytes)))));
    }

    /** Says what it has heard of, and then nothing until it is released. */
    private CompletionStage<Reply> listen(Call call) {
        return call.session()
                .deliver(call.notificationToClient(
                        "notifications/subscriptions/acknowledged",
                        Payload.of(Map.of(
                                "notifications",
                                Map.of("toolsListChanged", true),
                                "_meta",
                                Map.of("io.modelcontextprotocol/subscriptionId", 1)))))
                .thenCompose(taken -> hold(call));
    }

    static Call unsolicited(Session session, String method) {
        return Call.unsolicited(null, method, Payload.empty(), session, Principal.of("alice", "all"), "up1");
    }

    static Reply text(String text) {
        return Reply.complete(
                Payload.of(Map.of("content", List.of(Map.of("type", "text", "text", text)), "resultType", "complete")));
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    @Override
    public void ended(Session session) {
        ended.add(session.key());
    }

    @Override
    public void close() {}
}
