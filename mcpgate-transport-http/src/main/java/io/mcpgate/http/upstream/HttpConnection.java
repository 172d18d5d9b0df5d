package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.ConnectionLost;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One conversation over Streamable HTTP: each message is a POST of its own, and what the server says about a call comes
 * back on that call's answer. What the eras do differently, the subclasses say.
 */
abstract class HttpConnection implements Connection, Outlet {
    private static final Reply.Failure CLOSED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed");

    private final Endpoint endpoint;
    private final Duplex.Origin origin;
    private final Duplex duplex;
    private final AtomicBoolean open = new AtomicBoolean(true);

    HttpConnection(Endpoint endpoint, Duplex.Origin origin) {
        this.endpoint = endpoint;
        this.origin = origin;
        this.duplex = Duplex.withStreams(this, origin);
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        if (!isOpen()) {
            return CompletableFuture.failedFuture(new ConnectionLost("the connection was closed"));
        }
        Posting posting = new Posting();
        return duplex.send(call.with(Posting.KEY, posting)).thenCompose(posting::settle);
    }

    /** Where the bytes leave: calls, their cancellations, and answers to what the server asked. */
    @Override
    public final CompletionStage<Void> send(Frame frame, Call call) {
        frame.size(); // writes it: what cannot be written fails here, and not as a server that cannot be reached
        Posting posting = call.direction() == Direction.TO_SERVER
                ? call.attribute(Posting.KEY).orElseGet(Posting::new)
                : new Posting();
        boolean first = posting.take();
        if (!first) {
            return cancel(frame, call, posting);
        }
        return call.direction() == Direction.TO_SERVER && !call.isNotification()
                ? ask(frame, call, posting)
                : tell(frame, call, posting);
    }

    /** Sends a request. Why it failed, if it does, is told to the call that waits, so the stage never fails. */
    private CompletionStage<Void> ask(Frame frame, Call call, Posting posting) {
        posting.carriedBy(exchange(post(frame, call), new CallAnswer(this, call, posting)));
        return CompletableFuture.completedFuture(null);
    }

    /** Sends what has no answer: a notification, or the answer to a request of the server. */
    final CompletionStage<Void> tell(Frame frame, Call call, Posting posting) {
        Receipt receipt = new Receipt(head -> answered(call, posting, head), posting::refused);
        exchange(post(frame, call), receipt);
        return receipt.taken();
    }

    private HttpEngine.Request post(Frame frame, Call call) {
        List<HttpEngine.Header> headers = endpoint.headers(
                "application/json, text/event-stream",
                new HttpEngine.Header("Content-Type", "application/json"),
                headers(call));
        return new HttpEngine.Request("POST", endpoint.uri(), headers, frame);
    }

    final Exchange exchange(HttpEngine.Request request, Answer answer) {
        return endpoint.exchanges().start(this, request, answer);
    }

    /** The headers of this era for a message of that call. */
    abstract List<HttpEngine.Header> headers(Call call);

    /** Nobody waits for a call any more. The frame is what tells the server so, where it is told by a message. */
    abstract CompletionStage<Void> cancel(Frame frame, Call call, Posting posting);

    /** Looks at the head of an answer, before its status is judged. */
    abstract void answered(Call call, Posting posting, HttpEngine.Head head) throws BadAnswer;

    /** A call's stream ended before the response: goes on with it elsewhere, or says that this cannot be done. */
    abstract boolean goOn(CallMessages messages, Bookmark bookmark);

    /** Whether a server of this era may send such a message during a call. */
    abstract boolean takes(Envelope.Request message);

    /** Something came that nobody waits for, or that the server must not send. */
    final void dropped() {
        origin.unexpected();
    }

    final Endpoint endpoint() {
        return endpoint;
    }

    final Duplex duplex() {
        return duplex;
    }

    final JsonReader reader() {
        return endpoint.reader();
    }

    final int messageBytesMax() {
        return endpoint.reader().limits().messageBytes();
    }

    @Override
    public final boolean isOpen() {
        return open.get();
    }

    /** Takes no further calls; true for whoever comes first. Those under way go on. */
    final boolean retire() {
        return open.compareAndSet(true, false);
    }

    @Override
    public void close() {
        retire();
        duplex.lost(CLOSED);
        endpoint.exchanges().abort(this);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + endpoint + "]";
    }
}
