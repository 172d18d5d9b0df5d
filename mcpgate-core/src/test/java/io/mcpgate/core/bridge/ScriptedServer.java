package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.UpstreamException;
import io.mcpgate.core.stage.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A server that answers by a script, and keeps what it is sent. What it has no script for it does not know. A call that is
 * cancelled is answered so, as every connection does it.
 */
final class ScriptedServer implements Connector {
    private final Map<String, Function<Call, CompletionStage<Reply>>> script = new ConcurrentHashMap<>();
    private final List<Call> received = new CopyOnWriteArrayList<>();
    private final Map<Call, Line> lineOf = new ConcurrentHashMap<>();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private volatile boolean unreachable;
    private volatile boolean closed;

    /** A server of 2026-07-28 and nothing else. */
    static ScriptedServer modern() {
        return new ScriptedServer()
                .on("server/discover", """
                        {'resultType':'complete','supportedVersions':['2026-07-28'],'capabilities':{'tools':{}}}""")
                .on("tools/list", "{'resultType':'complete','tools':[],'ttlMs':5,'cacheScope':'public'}");
    }

    /** A server with sessions and nothing else. */
    static ScriptedServer legacy() {
        return new ScriptedServer().on("initialize", """
                        {'protocolVersion':'2025-11-25','capabilities':{'tools':{}},'serverInfo':{'name':'s','version':'1'}}""").on("ping", "{}").on("tools/list", "{'tools':[]}");
    }

    /** From now on a method is answered like this; also what waits in no stage yet. */
    ScriptedServer with(String method, Function<Call, CompletionStage<Reply>> how) {
        script.put(method, how);
        return this;
    }

    ScriptedServer on(String method, Reply reply) {
        return with(method, call -> CompletableFuture.completedFuture(reply));
    }

    /** As a wire would bring it: {@code input_required} is what it says. */
    ScriptedServer on(String method, String result) {
        return on(method, result(result));
    }

    /** The first call is answered by the first result, and so on; the last stays. */
    ScriptedServer inTurn(String method, String... results) {
        List<String> left = new ArrayList<>(List.of(results));
        return with(
                method,
                call -> CompletableFuture.completedFuture(result(left.size() > 1 ? left.remove(0) : left.get(0))));
    }

    /** The method is answered when the test does it, or never. */
    CompletableFuture<Reply> later(String method) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        with(method, call -> reply);
        return reply;
    }

    static Reply result(String json) {
        Payload result = Json.body(json);
        return result.string("resultType").filter("input_required"::equals).isPresent()
                ? new Reply.InputRequired(result)
                : Reply.complete(result);
    }

    static Reply error(int code) {
        return Reply.Failure.received(code, "no", null);
    }

    ScriptedServer unreachable(boolean is) {
        unreachable = is;
        return this;
    }

    boolean isClosed() {
        return closed;
    }

    List<Call> received(String method) {
        return received.stream().filter(call -> call.method().equals(method)).toList();
    }

    Call last(String method) {
        List<Call> all = received(method);
        return all.get(all.size() - 1);
    }

    List<String> methods() {
        return received.stream().map(Call::method).toList();
    }

    long openLines() {
        return lines.stream().filter(Line::isOpen).count();
    }

    /** All connections break. */
    void drop() {
        lines.forEach(Line::close);
    }

    /** Sends something during a call, or on that call's connection at least. */
    CompletableFuture<Reply> send(String method, String params, Call via, boolean belongs) {
        return handle(message(null, method, params, via, belongs), via);
    }

    /** Tells something on the stream of a call. */
    void tell(Call via, String method, String params) {
        send(method, params, via, true).join();
    }

    /** A request that the server has during a call, to be {@linkplain #handle handled}. */
    Call question(Call via, String method, String params) {
        return message(RequestId.of("q"), method, params, via, true);
    }

    CompletableFuture<Reply> ask(Call via, String method, String params) {
        return handle(question(via, method, params), via);
    }

    private Call message(RequestId id, String method, String params, Call via, boolean belongs) {
        return lineOf.get(via).origin.call(new Envelope.Request(id, method, Json.body(params)), belongs ? via : null);
    }

    CompletableFuture<Reply> handle(Call message, Call via) {
        return lineOf.get(via).origin.handle(message).toCompletableFuture();
    }

    @Override
    public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
        if (unreachable) {
            return CompletableFuture.failedFuture(new UpstreamException("connection refused"));
        }
        Line line = new Line(origin);
        lines.add(line);
        return CompletableFuture.completedFuture(line);
    }

    @Override
    public String describe() {
        return "scripted server";
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Line implements Connection {
        private final Duplex.Origin origin;
        private volatile boolean open = true;

        private Line(Duplex.Origin origin) {
            this.origin = origin;
        }

        @Override
        public CompletionStage<Reply> send(Call call) {
            received.add(call);
            lineOf.put(call, this);
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            answer(call).whenComplete(Stages.into(reply));
            call.cancellation()
                    .onCancel(() -> reply.complete(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled")));
            return reply;
        }

        private CompletionStage<Reply> answer(Call call) {
            Function<Call, CompletionStage<Reply>> how = script.get(call.method());
            if (how != null) {
                return how.apply(call);
            }
            return CompletableFuture.completedFuture(
                    call.isNotification() ? Reply.accepted() : error(ErrorCode.METHOD_NOT_FOUND.code()));
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
