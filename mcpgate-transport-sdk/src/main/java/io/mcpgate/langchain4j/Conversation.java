package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.wrap.Wrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * From one start of the transport to the next.
 *
 * <p>Steps run on the thread on which a message comes: the host's when the client sends, the transport's when the server does.
 */
final class Conversation {
    private static final int IN_FLIGHT_MAX = 1_024;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final Function<McpCallContext, Principal> who;
    private final McpOperationHandler host;
    private final Wrap wrap;
    private final ServerLink link;
    private final Map<RequestId, Exchange> asked = new ConcurrentHashMap<>();
    private final Map<RequestId, Principal> askedOfHost = new ConcurrentHashMap<>(); // as many as the link serves

    /**
     * One that begins now.
     *
     * @param lastIdToHost the id that was given last to a request to the host, in any conversation of the transport
     * @param toServer makes the gate's end of what is said with the server
     */
    Conversation(
            Gate gate,
            String server,
            Function<McpCallContext, Principal> who,
            McpOperationHandler host,
            AtomicLong lastIdToHost,
            Function<Duplex.Origin, ServerLink> toServer) {
        this.who = who;
        this.host = host;
        ServerLink[] made = new ServerLink[1];
        Function<Duplex.Origin, ServerLink> making = origin -> made[0] = toServer.apply(origin);
        this.wrap = Wrap.open(gate, server, Principal.UNIDENTIFIED, this::toClient, making, lastIdToHost);
        this.link = made[0];
    }

    /** What the transport is to be started with. */
    McpOperationHandler inbound() {
        return link.inbound();
    }

    /** A request of the host. */
    CompletableFuture<JsonNode> ask(HostMessage message) {
        Exchange exchange = new Exchange(message, Nodes.tree(message.message()));
        RequestId id = exchange.request().id();
        if (id == null) {
            throw new IllegalArgumentException("A request needs an id");
        }
        UnaryOperator<Call> dress = dress(exchange, who.apply(message.known()));
        Reply.@Nullable Failure refusal = register(id, exchange);
        if (refusal != null) {
            return wrap.client()
                    .refuse(refusal)
                    .<JsonNode>thenApply(reply -> Nodes.response(id, reply)) // not by its id, which is another's
                    .toCompletableFuture();
        }
        host.startOperation(Long.valueOf(id.text()), exchange.answer());
        exchange.answer().whenComplete((node, error) -> asked.remove(id, exchange));
        wrap.client().call(exchange.request(), dress).thenAccept(reply -> exchange.replied(reply, host));
        exchange.answer().whenComplete((node, error) -> exchange.cancel());
        return exchange.answer();
    }

    private Reply.@Nullable Failure register(RequestId id, Exchange exchange) {
        if (asked.size() >= IN_FLIGHT_MAX) {
            return Reply.Failure.of(
                    ErrorCode.RATE_LIMITED, "More than " + IN_FLIGHT_MAX + " requests are in flight here");
        }
        return asked.putIfAbsent(id, exchange) == null
                ? null
                : Reply.Failure.of(ErrorCode.INVALID_REQUEST, "A request with this id is in flight already");
    }

    /** A notification of the host, or its response to a request of the server. */
    void tell(HostMessage message) {
        ObjectNode tree = Nodes.tree(message.message());
        if (!tree.has("method")) {
            answer(message, tree);
            return;
        }
        Exchange exchange = new Exchange(message, tree);
        Envelope.Request request = exchange.request();
        if (request.method().equals("notifications/cancelled")) {
            Correlation.cancelled(request.params()).map(asked::get).ifPresent(Exchange::cancel);
            return;
        }
        wrap.client().receive(request, dress(exchange, who.apply(message.known())));
        exchange.requireSent();
    }

    /** Who answers is who the server asked; LangChain4j does not say for whom it answers. */
    private void answer(HostMessage message, ObjectNode tree) {
        RequestId id = Nodes.id(tree.get("id"));
        if (id == null) {
            throw new IllegalArgumentException("A response needs the id of what it answers");
        }
        Principal principal = askedOfHost.remove(id);
        Credential credential = new Credential.Vouched(principal == null ? who.apply(message.known()) : principal);
        Envelope response = Frame.response(id, Nodes.reply(tree)).message();
        wrap.client()
                .receive(
                        response,
                        call -> call.with(Credential.KEY, credential)
                                .with(McpLangChain4j.CALL_CONTEXT, message.known()));
    }

    private static UnaryOperator<Call> dress(Exchange exchange, Principal principal) {
        Credential credential = new Credential.Vouched(principal);
        return call -> exchange.began(call.with(Credential.KEY, credential)
                .with(McpLangChain4j.CALL_CONTEXT, exchange.context())
                .with(Exchange.KEY, exchange));
    }

    private CompletionStage<Void> toClient(Frame frame, Call call) {
        if (!(frame.message() instanceof Envelope.Request request)) {
            return DONE; // the client's calls have their replies from ask
        }
        RequestId id = request.id();
        if (id == null && !call.isNotification()) {
            // A request of the server is off; the client would take its id for that of one of its own requests.
            Correlation.cancelled(request.params()).ifPresent(askedOfHost::remove);
            return DONE;
        }
        if (id != null) {
            askedOfHost.put(id, call.principal());
        }
        host.handle(inTermsOfTheServer(request, call));
        return DONE;
    }

    /** The very message that has come, where it still says the same. */
    @SuppressWarnings("ReferenceEquality") // the very node: a step may have made one that only looks the same
    private static JsonNode inTermsOfTheServer(Envelope.Request request, Call call) {
        return call.attribute(ServerLink.RECEIVED)
                .filter(received -> request.id() == null
                        && request.params() instanceof NodePayload params
                        && params.body() == received.get("params"))
                .orElseGet(() -> Nodes.write(request));
    }

    /** The client has gone, or begins anew: what it waits for fails. */
    void close() {
        List<Runnable> all = new ArrayList<>();
        all.add(wrap::close);
        asked.values().forEach(exchange -> all.add(exchange::cancel));
        all.add(askedOfHost::clear);
        Closing.all(all);
    }
}
