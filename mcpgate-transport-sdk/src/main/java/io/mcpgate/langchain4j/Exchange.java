package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.McpException;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Envelope;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request or notification of the host and what becomes of it: what nobody has changed goes on, and comes back, as the
 * object that it was.
 */
final class Exchange {
    static final AttributeKey<Exchange> KEY = AttributeKey.of("LangChain4j exchange", Exchange.class);

    private final HostMessage message;
    private final @Nullable RequestId id;
    private final String method;
    private final Payload params;
    private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    private final AtomicBoolean sent = new AtomicBoolean();
    private volatile boolean over;
    private volatile @Nullable Call call;
    private volatile @Nullable Received received;
    private volatile @Nullable Throwable broken;
    private volatile @Nullable JsonNode withdrawn;

    Exchange(HostMessage message, ObjectNode tree) {
        this.message = message;
        this.id = Nodes.id(tree.get("id"));
        this.method = tree.path("method").asText();
        this.params = Nodes.payload(tree.get("params"));
    }

    /** What the server has answered, as it came and as the gateway was told of it. */
    private record Received(JsonNode node, Reply reply) {}

    /** As the gateway reads it. */
    Envelope.Request request() {
        return new Envelope.Request(id, method, params);
    }

    /** The response for the host. */
    CompletableFuture<JsonNode> answer() {
        return answer;
    }

    /** What LangChain4j tells of it. */
    McpCallContext context() {
        return message.known();
    }

    /** It has become this call. */
    Call began(Call made) {
        call = made;
        return made;
    }

    /** Nobody waits for it any more. Does nothing when it is over. */
    void cancel() {
        Call made = call;
        if (!over && made != null) {
            made.cancellation().cancel();
        }
    }

    /**
     * What goes to the server for a call that came of this: the host's own message if the call is still what that says, and
     * has not been sent before.
     *
     * @param spare an id for a call that the host has not made, or not in this way
     */
    HostMessage onward(Call sending, long spare) {
        boolean own = sending.method().equals(method) && sending.isNotification() == (id == null);
        boolean first = own && sent.compareAndSet(false, true);
        if (first && sending.params() == params) {
            return message;
        }
        Long pending =
                sending.isNotification() ? null : id != null && first ? Long.valueOf(id.text()) : Long.valueOf(spare);
        return message.with(NodeMessage.of(sending, pending, own ? message.message().method : null));
    }

    /** The server has answered. */
    Reply received(JsonNode node) {
        Reply reply = Nodes.reply(node);
        received = new Received(node, reply);
        return reply;
    }

    /** The transport has failed; a step may yet try again. */
    void broken(Throwable why) {
        broken = why;
    }

    /**
     * For a notification, whose sender has no future that could tell.
     *
     * @throws RuntimeException what the transport has thrown, if it has
     */
    void requireSent() {
        if (broken instanceof RuntimeException why) {
            throw why;
        }
    }

    /** The server says, in this message, that it will not answer. */
    void withdrawn(JsonNode message) {
        withdrawn = message;
    }

    /**
     * The gateway has a reply, and there will be no other.
     *
     * @param host where LangChain4j expects its responses
     */
    void replied(Reply reply, McpOperationHandler host) {
        over = true;
        if (answer.isDone()) {
            return;
        }
        Throwable why = reply instanceof Reply.Failure failure ? failed(failure, host) : null;
        if (why != null) {
            answer.completeExceptionally(why);
        } else {
            JsonNode response = inTermsOfTheHost(reply);
            try {
                host.handle(response);
            } finally {
                answer.complete(response);
            }
        }
    }

    /** With what the future fails, as it would without the gateway; {@code null} if an error response says it. */
    private @Nullable Throwable failed(Reply.Failure failure, McpOperationHandler host) {
        JsonNode message = withdrawn;
        if (failure.is(ErrorCode.CANCELLED) && message != null) {
            host.handle(message);
            return new CancellationException(failure.message());
        }
        if (failure.is(ErrorCode.UNAVAILABLE) && broken != null) {
            return broken;
        }
        return failure.kind() != null && method.equals("initialize")
                ? new McpException(failure.code(), failure.message()) // LangChain4j overlooks an error here
                : null;
    }

    /** The response that says so: the very node that has come where it does. */
    private JsonNode inTermsOfTheHost(Reply reply) {
        Received known = received;
        RequestId asked = id == null ? RequestId.of(0) : id;
        boolean asItCame = known != null
                && known.reply().equals(reply)
                && Objects.equals(asked, Nodes.id(known.node().get("id")));
        return known != null && asItCame ? known.node() : Nodes.response(asked, reply);
    }
}
