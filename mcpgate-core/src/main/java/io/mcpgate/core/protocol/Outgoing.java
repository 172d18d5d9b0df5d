package io.mcpgate.core.protocol;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that the gateway has sent on one connection and that wait for their response.
 *
 * <p>Ids of different senders collide, so each request goes out under an id minted here, and the reply completes the
 * call that it was minted for: no other can receive it. Progress tokens likewise. A response that nobody waits for is
 * dropped. Safe for use by many threads.
 */
public final class Outgoing {
    private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

    private final Outlet outlet;
    private final AtomicLong lastId;
    private final Map<RequestId, Pending> pending = new ConcurrentHashMap<>();
    private volatile Reply.@Nullable Failure lost;

    public Outgoing(Outlet outlet) {
        this(outlet, new AtomicLong());
    }

    /**
     * Those of one of several connections that succeed each other where a late response of one can still reach the next: they
     * share their ids, so that it completes nothing there.
     *
     * @param lastId the id that was minted last
     */
    public Outgoing(Outlet outlet, AtomicLong lastId) {
        this.outlet = outlet;
        this.lastId = lastId;
    }

    /**
     * Sends a call.
     *
     * @return its reply; a failure if the connection is or gets lost, the call is cancelled, or cannot be written
     */
    public CompletionStage<Reply> send(Call call) {
        return call.isNotification() ? sendNotification(call) : sendRequest(call);
    }

    private CompletionStage<Reply> sendNotification(Call call) {
        try {
            return outlet.send(Frame.request(null, call.method(), call.params()), call)
                    .handle((sent, error) -> error == null ? Reply.accepted() : unreachable());
        } catch (RuntimeException broken) {
            return CompletableFuture.completedFuture(unwritable(call, broken));
        }
    }

    private CompletionStage<Reply> sendRequest(Call call) {
        if (call.cancellation().isCancelled()) { // while its connection was being opened: there is nothing to take back
            return CompletableFuture.completedFuture(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"));
        }
        RequestId id = RequestId.of(lastId.incrementAndGet());
        RequestId asked = Correlation.asked(call.params()).orElse(null);
        Pending waiting = new Pending(call, asked, new CompletableFuture<>());
        pending.put(id, waiting);
        Reply.Failure gone = lost;
        if (gone != null) {
            pending.remove(id);
            return CompletableFuture.completedFuture(gone);
        }
        try {
            put(id, waiting);
        } catch (RuntimeException broken) { // nobody will answer it, so it must not stay among those that wait
            pending.remove(id);
            waiting.reply().complete(unwritable(call, broken));
            return waiting.reply();
        }
        Cancellation.Registration watch = call.cancellation().onCancel(() -> cancel(id, waiting));
        waiting.reply().whenComplete((reply, error) -> watch.close());
        return waiting.reply();
    }

    private void put(RequestId id, Pending waiting) {
        Call call = waiting.call();
        Frame frame = waiting.asked() == null
                ? Frame.request(id, call.method(), call.params())
                : Frame.requestAsking(id, call.method(), call.params(), id);
        outlet.send(frame, call).whenComplete((sent, error) -> {
            if (error != null && pending.remove(id) != null) {
                waiting.reply().complete(unreachable());
            }
        });
    }

    /** What a host's step or client has made may hold what JSON has not. Its sender learns only that it failed. */
    private static Reply unwritable(Call call, RuntimeException broken) {
        LOG.error("{} cannot be written; its sender gets an error instead", call.method(), broken);
        return Reply.failure(ErrorCode.INTERNAL, "Internal error");
    }

    private void cancel(RequestId id, Pending waiting) {
        if (pending.remove(id) == null) {
            return;
        }
        try {
            tellOfCancellation(id, waiting.call());
        } finally { // nobody else completes it any more
            waiting.reply().complete(Reply.failure(ErrorCode.CANCELLED, "The call was cancelled"));
        }
    }

    private void tellOfCancellation(RequestId id, Call call) {
        if (!call.method().equals("initialize")) { // MCP: initialize must not be cancelled
            Payload params = Payload.of(
                    Map.of("requestId", Long.parseLong(id.text()), "reason", "nobody waits for it any more"));
            outlet.send(Frame.request(null, "notifications/cancelled", params), call);
        }
    }

    /**
     * Completes the call that a response answers.
     *
     * @return false if nobody waits for it (any more), and then it is dropped
     */
    public boolean complete(Envelope.Result response) {
        return complete(response, null);
    }

    /** Fails the call that an error response answers; see {@link #complete(Envelope.Result)}. */
    public boolean complete(Envelope.Failed response) {
        return complete(response, null);
    }

    /** As {@link #complete(Envelope.Result)}, and only if it is {@code via} that the response answers. */
    boolean complete(Envelope.Result response, @Nullable Call via) {
        Pending waiting = remove(response.id(), via);
        return waiting != null && waiting.reply().complete(reply(waiting.call(), response));
    }

    /** What a host's server has made need not be readable; nobody else answers the call any more. */
    private static Reply reply(Call call, Envelope.Result response) {
        try {
            return Envelope.Result.reply(inTermsOf(call, response.result()));
        } catch (RuntimeException unreadable) {
            LOG.error("The answer to {} cannot be read; its sender gets an error instead", call.method(), unreadable);
            return Reply.failure(ErrorCode.BAD_UPSTREAM, "The answer cannot be read");
        }
    }

    /** As {@link #complete(Envelope.Failed)}, and only if it is {@code via} that the response answers. */
    boolean complete(Envelope.Failed response, @Nullable Call via) {
        Pending waiting = remove(response.id(), via);
        return waiting != null && waiting.reply().complete(response.reply());
    }

    private @Nullable Pending remove(@Nullable RequestId id, @Nullable Call via) {
        Pending waiting = id == null ? null : pending.get(id);
        boolean answered = waiting != null && (via == null || waiting.call() == via);
        return answered && pending.remove(id, waiting) ? waiting : null;
    }

    private static Payload inTermsOf(Call call, Payload body) {
        return Correlation.subscription(body).isEmpty()
                ? body
                : Correlation.subscribed(body, call.id().orElseThrow());
    }

    /**
     * The call whose progress a notification tells.
     *
     * @return the notification as a child of that call, under the token that its sender chose; empty if no call in
     *     flight asked under that token
     */
    public Optional<Told> progress(Payload params) {
        return Correlation.named(params)
                .map(pending::get)
                .filter(waiting -> waiting.asked() != null)
                .map(waiting -> new Told(waiting.call(), Correlation.rename(params, waiting.askedToken())));
    }

    /**
     * The {@code subscriptions/listen} that a notification belongs to.
     *
     * @return the notification as a child of that call, under the id that its sender chose; empty if there is no such call
     *     in flight
     */
    public Optional<Told> subscription(Payload params) {
        return Correlation.subscription(params)
                .map(pending::get)
                .filter(waiting -> waiting.call().method().equals("subscriptions/listen"))
                .map(waiting -> new Told(waiting.call(), inTermsOf(waiting.call(), params)));
    }

    /** What a server tells about one call, in the terms of its sender. */
    public record Told(Call call, Payload params) {}

    /** Whether no call waits. */
    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** The calls that wait, in no particular order. */
    public Collection<Call> calls() {
        return pending.values().stream().map(Pending::call).toList();
    }

    /** The connection is gone: everything that waits fails with {@code why}, and so does whatever comes later. */
    public void lost(Reply.Failure why) {
        lost = why;
        pending.keySet().forEach(id -> {
            Pending waiting = pending.remove(id);
            if (waiting != null) {
                waiting.reply().complete(why);
            }
        });
    }

    /**
     * The call that was sent under this id got an answer that is no MCP.
     *
     * @return false if nobody waits for it (any more)
     */
    public boolean fail(RequestId id, Reply.Failure why) {
        Pending waiting = remove(id, null);
        return waiting != null && waiting.reply().complete(why);
    }

    /** One call got an answer that is no MCP, or its stream ended before the answer. */
    public void fail(Call call, Reply.Failure why) {
        pending.forEach((id, waiting) -> {
            if (waiting.call() == call && pending.remove(id, waiting)) {
                waiting.reply().complete(why);
            }
        });
    }

    private Reply unreachable() {
        Reply.Failure why = lost;
        return why != null ? why : Reply.failure(ErrorCode.UNAVAILABLE, "The message could not be delivered");
    }

    private record Pending(Call call, @Nullable RequestId asked, CompletableFuture<Reply> reply) {
        RequestId askedToken() {
            RequestId token = asked;
            if (token == null) {
                throw new IllegalStateException("This call did not ask for progress");
            }
            return token;
        }
    }
}
