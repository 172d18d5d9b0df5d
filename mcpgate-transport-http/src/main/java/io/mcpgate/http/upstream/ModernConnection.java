package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.http.ForwardedHeaders;
import io.mcpgate.http.HeaderText;
import io.mcpgate.http.ParameterHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Streamable HTTP of 2026-07-28: no handshake, no session, and headers that repeat what the body says. They are derived
 * from the params that go out, whatever the client's own headers said.
 */
final class ModernConnection extends HttpConnection {
    ModernConnection(Endpoint endpoint, Duplex.Origin origin) {
        super(endpoint, origin);
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        CompletionStage<Reply> reply = super.send(call);
        return call.method().equals("tools/list") ? reply.thenApply(this::learned) : reply;
    }

    private Reply learned(Reply reply) {
        if (reply instanceof Reply.Complete list) {
            endpoint().markedTools().learn(list.result());
        }
        return reply;
    }

    @Override
    List<HttpEngine.Header> headers(Call call) {
        List<HttpEngine.Header> headers = new ArrayList<>(4);
        String version = call.params()
                .string("_meta", "io.modelcontextprotocol/protocolVersion")
                .orElse(call.session().protocolVersion());
        headers.add(new HttpEngine.Header("MCP-Protocol-Version", HeaderText.of(version)));
        headers.add(new HttpEngine.Header("Mcp-Method", HeaderText.of(call.method())));
        name(call).ifPresent(name -> headers.add(new HttpEngine.Header("Mcp-Name", HeaderText.of(name))));
        parameters(call).forEach(header -> headers.add(new HttpEngine.Header(header.name(), header.value())));
        return headers;
    }

    /**
     * Headers for the arguments that go out: derived anew where the tool's marks are known, and otherwise the client's own
     * as long as the arguments are the client's own.
     */
    private List<ForwardedHeaders.Header> parameters(Call call) {
        Optional<ParameterHeaders> marks = call.method().equals("tools/call")
                ? name(call).flatMap(endpoint().markedTools()::marks)
                : Optional.empty();
        List<ForwardedHeaders.Header> headers = new ArrayList<>();
        marks.ifPresent(known -> headers.addAll(known.headers(call.params())));
        call.attribute(ForwardedHeaders.KEY)
                .filter(forwarded -> forwarded.mirror(call.params()))
                .ifPresent(forwarded -> forwarded.list().stream()
                        .filter(header -> marks.filter(known -> known.isMarked(header.name()))
                                .isEmpty())
                        .forEach(headers::add));
        return headers;
    }

    private static Optional<String> name(Call call) {
        return switch (call.method()) {
            case "tools/call", "prompts/get" -> call.params().string("name");
            case "resources/read" -> call.params().string("uri");
            case "tasks/get", "tasks/update", "tasks/cancel" -> call.params().string("taskId");
            default -> Optional.empty();
        };
    }

    /** Closing the stream is the cancellation; the message that says it on other transports does not exist here. */
    @Override
    CompletionStage<Void> cancel(Frame frame, Call call, Posting posting) {
        posting.abort();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    void answered(Call call, Posting posting, HttpEngine.Head head) {}

    /** "Resumable SSE streams via Last-Event-ID are not supported." */
    @Override
    boolean goOn(CallMessages messages, Bookmark bookmark) {
        return false;
    }

    /** Servers of this era ask by {@code input_required}, never by a request. */
    @Override
    boolean takes(Envelope.Request message) {
        return message.id() == null;
    }
}
