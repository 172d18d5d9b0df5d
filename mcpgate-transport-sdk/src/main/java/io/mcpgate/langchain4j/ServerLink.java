package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpCancellationNotification;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.Incoming;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.ConnectionLost;
import io.mcpgate.core.route.UpstreamException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's end of the conversation with the server. The transport pairs responses with requests by itself, under the ids
 * and progress tokens that the host has chosen; so there are no others here, save for what the gateway asks of its own accord.
 */
final class ServerLink implements Connection {
    /** Under this key a call of the server carries the message that it came in. */
    static final AttributeKey<JsonNode> RECEIVED = AttributeKey.of("LangChain4j message", JsonNode.class);

    private static final Logger LOG = LoggerFactory.getLogger(ServerLink.class);
    private static final int IN_FLIGHT_MAX = 1_024;

    /** Far from what a host ever counts to, and still exact for those who read numbers as doubles. */
    static final long OWN_IDS = 1L << 52;

    private final McpTransport transport;
    private final Duplex.Origin origin;
    private final Tap tap;
    private final AtomicLong lastId;
    private final Map<RequestId, InFlight> asked = new ConcurrentHashMap<>();
    private final Incoming incoming = new Incoming(IN_FLIGHT_MAX);
    private final Set<RequestId> serving = ConcurrentHashMap.newKeySet(); // as many as incoming lets in
    private volatile boolean open = true;

    /**
     * One for a conversation that begins now.
     *
     * @param lastId the last id that was none of the host's, in any conversation of the transport; none is below
     *     {@link #OWN_IDS}
     */
    ServerLink(McpTransport transport, Duplex.Origin origin, AtomicLong lastId) {
        this.transport = transport;
        this.origin = origin;
        this.lastId = lastId;
        this.tap = new Tap(transport, this::receive);
    }

    private record InFlight(Call call, CompletableFuture<JsonNode> operation, CompletableFuture<Reply> reply) {}

    /** What the transport is to be started with. */
    McpOperationHandler inbound() {
        return tap;
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        if (!open) {
            return CompletableFuture.failedFuture(new ConnectionLost("its transport was closed"));
        }
        return call.isNotification() ? tell(call) : ask(call);
    }

    private CompletionStage<Reply> tell(Call call) {
        try {
            onward(call, 0).tell(transport);
            return CompletableFuture.completedFuture(Reply.accepted());
        } catch (RuntimeException unsent) {
            return CompletableFuture.failedFuture(broken(call, unsent));
        }
    }

    private CompletionStage<Reply> ask(Call call) {
        if (asked.size() >= IN_FLIGHT_MAX) {
            return CompletableFuture.completedFuture(Reply.failure(
                    ErrorCode.RATE_LIMITED, "More than " + IN_FLIGHT_MAX + " requests are in flight here"));
        }
        HostMessage message = onward(call, lastId.incrementAndGet());
        long number = message.message().getId();
        RequestId id = RequestId.of(number);
        InFlight waiting = new InFlight(call, new CompletableFuture<>(), new CompletableFuture<>());
        if (asked.putIfAbsent(id, waiting) != null) {
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.INVALID_REQUEST, "A request with this id is in flight already"));
        }
        if (!open) { // closed meanwhile
            lost(id, waiting);
            return waiting.reply();
        }
        begin(message, waiting.operation());
        waiting.operation().whenComplete((node, error) -> {
            tap.forget(number);
            asked.remove(id, waiting);
            answered(waiting, node, error);
        });
        Cancellation.Registration watch = call.cancellation().onCancel(() -> cancel(id, waiting));
        waiting.reply().whenComplete((reply, error) -> watch.close());
        return waiting.reply();
    }

    /** The transport's own future ends with ours, and ours with it. */
    private void begin(HostMessage message, CompletableFuture<JsonNode> operation) {
        CompletableFuture<JsonNode> begun;
        try {
            begun = message.ask(transport);
        } catch (RuntimeException unsent) {
            begun = CompletableFuture.failedFuture(unsent);
        }
        begun.whenComplete((node, error) -> {
            if (error == null) {
                operation.complete(node);
            } else {
                operation.completeExceptionally(error);
            }
        });
        CompletableFuture<JsonNode> theirs = begun;
        operation.whenComplete((node, error) -> theirs.cancel(true));
    }

    private static HostMessage onward(Call call, long spare) {
        return call.attribute(Exchange.KEY)
                .map(exchange -> exchange.onward(call, spare))
                .orElseGet(() -> own(call, call.isNotification() ? null : spare));
    }

    /** What the gateway itself asks has the context of the call on whose account it does. */
    private static HostMessage own(Call call, @Nullable Long id) {
        McpClientMessage message = NodeMessage.of(call, id, null);
        return call.attribute(McpLangChain4j.CALL_CONTEXT)
                .map(context -> new HostMessage(context.message(), context).with(message))
                .orElseGet(() -> new HostMessage(message, null));
    }

    private static void answered(InFlight waiting, @Nullable JsonNode node, @Nullable Throwable error) {
        Throwable why = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
        if (why instanceof CancellationException) {
            waiting.reply().complete(Reply.failure(ErrorCode.CANCELLED, "The server has cancelled the call"));
        } else if (why != null) {
            waiting.reply().completeExceptionally(broken(waiting.call(), why));
        } else if (node == null) {
            waiting.reply().complete(Reply.failure(ErrorCode.BAD_UPSTREAM, "The server's answer is none"));
        } else {
            waiting.reply().complete(reply(waiting.call(), node));
        }
    }

    /** What cannot be read is an answer, too: no other one comes. */
    private static Reply reply(Call call, JsonNode node) {
        try {
            return call.attribute(Exchange.KEY)
                    .map(exchange -> exchange.received(node))
                    .orElseGet(() -> Nodes.reply(node));
        } catch (RuntimeException unreadable) {
            LOG.error("The answer to {} cannot be read", call.method(), unreadable);
            return Reply.failure(ErrorCode.BAD_UPSTREAM, "The server's answer cannot be read");
        }
    }

    private static UpstreamException broken(Call call, Throwable why) {
        call.attribute(Exchange.KEY).ifPresent(exchange -> exchange.broken(why));
        return new UpstreamException("its transport has failed", why);
    }

    private void cancel(RequestId id, InFlight waiting) {
        if (!asked.remove(id, waiting)) {
            return;
        }
        waiting.reply().complete(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"));
        waiting.operation().cancel(true);
        boolean tell = open && !waiting.call().method().equals("initialize"); // MCP: initialize must not be cancelled
        if (tell && mustTellOfCancellation(waiting.call())) {
            tell(new McpCancellationNotification(Long.valueOf(id.text()), "nobody waits for it any more"));
        }
    }

    /** On 2026-07-28 a transport with a stream for each call cancels by closing it; those of a later LangChain4j say so. */
    private boolean mustTellOfCancellation(Call call) {
        if (!call.session().isModern()) {
            return true;
        }
        try {
            Object says = McpTransport.class
                    .getMethod("requiresCancellationNotification")
                    .invoke(transport);
            return !Boolean.FALSE.equals(says);
        } catch (ReflectiveOperationException doesNotSay) {
            return true;
        }
    }

    private void tell(McpClientMessage message) {
        try {
            transport.executeOperationWithoutResponse(message);
        } catch (RuntimeException unsent) { // nobody waits for it
            LOG.warn("A message could not be sent to the server: {}", unsent.toString());
        }
    }

    private void receive(JsonNode message) {
        RequestId id = Nodes.id(message.get("id"));
        JsonNode method = message.get("method");
        if (!open || !method.isTextual() || (id == null && message.has("id"))) {
            LOG.warn("A message of the server was dropped: {}", open ? "it is no JSON-RPC" : "its client has gone");
            return;
        }
        Envelope.Request request = new Envelope.Request(id, method.textValue(), Nodes.payload(message.get("params")));
        switch (request.method()) {
            case "notifications/cancelled" -> cancelled(request, message);
            case "notifications/progress" -> progressing(request).ifPresent(call -> handle(request, message, call));
            default -> {
                boolean told =
                        id == null && Correlation.subscription(request.params()).isPresent();
                if (told) {
                    subscribed(request).ifPresent(call -> handle(request, message, call));
                } else {
                    // A handler is not told on which stream a message came: what fits one shared stream is the best
                    // guess.
                    handle(request, message, Duplex.likelyParent(request, calls()));
                }
            }
        }
    }

    /** The server's own request is off; or, where there is none of that id, the server will not answer one of the client's. */
    private void cancelled(Envelope.Request request, JsonNode message) {
        RequestId id = Correlation.cancelled(request.params()).orElse(null);
        if (id == null) {
            return;
        }
        if (serving.remove(id)) {
            incoming.cancel(id);
            return;
        }
        InFlight waiting = asked.get(id);
        if (waiting != null) {
            waiting.call().attribute(Exchange.KEY).ifPresent(exchange -> exchange.withdrawn(message));
            waiting.operation().cancel(true);
        }
    }

    private Optional<Call> progressing(Envelope.Request progress) {
        Optional<RequestId> token = Correlation.named(progress.params());
        return calls().stream()
                .filter(call -> token.isPresent() && token.equals(Correlation.asked(call.params())))
                .findFirst();
    }

    private Optional<Call> subscribed(Envelope.Request notification) {
        return Correlation.subscription(notification.params())
                .map(asked::get)
                .map(InFlight::call)
                .filter(call -> call.method().equals("subscriptions/listen"));
    }

    private Collection<Call> calls() {
        return asked.values().stream().map(InFlight::call).toList();
    }

    private void handle(Envelope.Request request, JsonNode message, @Nullable Call parent) {
        Call call = origin.call(request, parent).with(RECEIVED, message);
        RequestId id = request.id();
        if (id == null) {
            incoming.handle(call, origin::handle);
            return;
        }
        boolean again = !serving.add(id);
        incoming.handle(call, origin::handle).thenAccept(reply -> {
            boolean awaited = again || serving.remove(id);
            if (open && awaited) {
                tell(NodeMessage.response(id, reply));
            }
        });
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        asked.forEach(this::lost);
        incoming.cancelAll();
    }

    private void lost(RequestId id, InFlight waiting) {
        asked.remove(id, waiting);
        waiting.reply()
                .completeExceptionally(
                        broken(waiting.call(), new IllegalStateException("The transport was closed, or started anew")));
        waiting.operation().cancel(true);
    }
}
