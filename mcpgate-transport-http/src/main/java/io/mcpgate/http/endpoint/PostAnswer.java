package io.mcpgate.http.endpoint;

import io.mcpgate.AttributeKey;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Frame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one POSTed request: a JSON object, or an event stream from the first message that comes before the reply.
 * It travels with the call, so that what a server says about the call finds its way here and nowhere else.
 */
final class PostAnswer {
    static final AttributeKey<PostAnswer> KEY = AttributeKey.of("HTTP answer", PostAnswer.class);

    /** What a client learns of a reply that cannot be written. */
    static final Reply.Failure UNWRITABLE = Reply.Failure.of(ErrorCode.INTERNAL, "Internal error");

    private static final Logger LOG = LoggerFactory.getLogger(McpEndpoint.class);

    private final HttpExchange exchange;
    private final Responder out;
    private final Accepts accepts;
    private final EndpointLimits limits;
    private final Statuses statuses;
    private final Map<String, String> headers;
    private final @Nullable SessionStreams streams;
    private @Nullable MessageStream stream; // guarded by this
    private boolean replied; // guarded by this
    private @Nullable Registration patience; // guarded by this

    /**
     * An answer that is not begun.
     *
     * @param headers for an answer that is no error
     * @param streams of the session, if the client may come back for the rest of the answer; an answer without a stream
     *     has no rest, and none of this costs it anything
     */
    PostAnswer(
            Visit visit,
            EndpointLimits limits,
            Statuses statuses,
            Map<String, String> headers,
            @Nullable SessionStreams streams) {
        this.exchange = visit.http();
        this.out = visit.out();
        this.accepts = visit.accepts();
        this.limits = limits;
        this.statuses = statuses;
        this.headers = headers;
        this.streams = streams;
    }

    /**
     * From now on the client waits. If that takes long, the answer becomes a stream: its comments keep the connection
     * alive, and tell the engine whether there is still somebody at the other end.
     */
    synchronized void await() {
        if (accepts.events() && !replied) {
            patience = exchange.after(limits.keepAlive(), this::streamNow);
        }
    }

    private synchronized void streamNow() {
        if (!replied && stream == null) {
            open().greet();
        }
    }

    private MessageStream open() {
        MessageStream known = stream;
        if (known == null) {
            known = streams == null ? connection() : resumable(streams);
            stream = known;
        }
        return known;
    }

    private EventStream connection() {
        return new EventStream(exchange, out.events(headers), limits, () -> {});
    }

    private SessionStream resumable(SessionStreams inSession) {
        SessionStream opened = inSession.open(false);
        EventStream connection = connection();
        exchange.onGone(connection::cut);
        opened.connect(0, List.of(), () -> connection).ifPresent(Runnable::run);
        return opened;
    }

    /** Carries a message that belongs to the call; fails once the call has its reply, or if the client takes no stream. */
    CompletionStage<Void> send(Frame frame) {
        MessageStream open;
        synchronized (this) {
            if (replied || !accepts.events()) {
                return CompletableFuture.failedFuture(new EventStream.Closed("There is no stream for this message"));
            }
            open = open();
        }
        return open.send(frame);
    }

    /** Ends the answer with the reply. */
    void reply(RequestId id, Reply reply) {
        Frame frame = Frame.response(id, reply);
        if (!isWritable(frame)) {
            reply(id, UNWRITABLE);
            return;
        }
        int status = statuses.of(reply);
        MessageStream open;
        synchronized (this) {
            if (!conclude()) {
                return;
            }
            open = stream == null && status == 200 && !accepts.json() ? open() : stream;
        }
        if (open == null) {
            out.json(status, frame, reply instanceof Reply.Failure ? Map.of() : headers);
        } else {
            open.send(frame);
            finish(open);
        }
    }

    /** Ends the answer with the reply if it is a stream, and otherwise does nothing. */
    void replyOnStream(RequestId id, Reply reply) {
        MessageStream open;
        synchronized (this) {
            open = stream;
            if (open == null || !conclude()) {
                return;
            }
        }
        open.send(Frame.response(id, reply));
        finish(open);
    }

    /**
     * Whether the message can be written, which is found out by doing so: its bytes are kept for whoever sends it. What a
     * host's tool has made may hold what JSON has not, and an answer that has begun must not break on it.
     */
    static boolean isWritable(Frame frame) {
        try {
            return frame.size() > 0;
        } catch (RuntimeException unwritable) {
            LOG.error("A reply cannot be written; the client gets an error instead", unwritable);
            return false;
        }
    }

    /** Ends the answer behind what was sent. */
    void end() {
        MessageStream open;
        synchronized (this) {
            if (!conclude()) {
                return;
            }
            open = open();
        }
        finish(open);
    }

    /**
     * Ends the answer without a stream, if there is none yet; {@code how} gives it.
     *
     * @return whether it was so
     */
    boolean endPlainly(Runnable how) {
        synchronized (this) {
            if (stream != null || !conclude()) {
                return false;
            }
        }
        how.run();
        return true;
    }

    private boolean conclude() {
        if (replied) {
            return false;
        }
        replied = true;
        if (patience != null) {
            patience.close();
        }
        return true;
    }

    private void finish(MessageStream open) {
        open.end();
        out.answered();
    }

    /** Ends the answer to a notification or a response. */
    void acknowledge(Reply reply) {
        int status = statuses.ofNotification(reply);
        if (reply instanceof Reply.Failure failure && status != 202) {
            out.json(status, Frame.error(null, failure), Map.of());
        } else {
            out.empty(status, Map.of());
        }
    }

    /** What a message that could not be carried means to its sender. */
    static Reply unreachable() {
        return Reply.failure(ErrorCode.UNAVAILABLE, "The client has no stream open for this message");
    }
}
