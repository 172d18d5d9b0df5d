package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.ConnectionLost;
import io.mcpgate.core.route.UpstreamException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * HTTP+SSE of 2024-11-05: one stream (GET) on which everything comes, beginning with the address to which messages are
 * posted. When the stream ends the connection is over; the pool makes another.
 */
final class SseConnection implements Connection, Outlet {
    private static final Duration ADDRESS_WITHIN = Duration.ofSeconds(10);
    private static final Reply.Failure CLOSED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The connection to the server was closed");
    private static final Reply.Failure ENDED =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The server has closed the stream on which everything comes");
    private static final Reply.Failure MALFORMED =
            BadAnswer.noMcp("a message in it is malformed").failure();
    private static final Reply.Failure FORGOTTEN =
            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The server has ended the session");
    private static final Reply.Failure NO_ADDRESS = Reply.Failure.of(
            ErrorCode.UNAVAILABLE,
            "The server did not name an address for messages within " + ADDRESS_WITHIN.toSeconds() + " s");

    private final Endpoint endpoint;
    private final Duplex.Origin origin;
    private final Duplex duplex;
    private final Negotiation negotiation = new Negotiation();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private volatile @Nullable Exchange stream;
    private volatile Reply.@Nullable Failure addressRefused;

    /** A connection that is not yet {@linkplain #open opened}. */
    SseConnection(Endpoint endpoint, Duplex.Origin origin) {
        this.endpoint = endpoint;
        this.origin = origin;
        this.duplex = new Duplex(this, origin);
    }

    /** Opens the stream. Fails with an {@link UpstreamException} if that is none of this transport. */
    CompletionStage<Connection> open() {
        Exchange opening = endpoint.exchanges()
                .start(
                        this,
                        new HttpEngine.Request(
                                "GET", endpoint.uri(), endpoint.headers("text/event-stream", List.of()), null),
                        new Events());
        stream = opening;
        if (!isOpen()) { // closed before there was anything to abort
            opening.abort(CLOSED);
        }
        Cancellation.Registration alarm = endpoint.exchanges().engine().after(ADDRESS_WITHIN, () -> noAddress(opening));
        return address.whenComplete((named, error) -> alarm.close()).thenApply(named -> this);
    }

    private void noAddress(Exchange opening) {
        if (!address.isDone()) {
            opening.abort(NO_ADDRESS);
        }
    }

    /** What comes on the stream. */
    private final class Events implements Answer {
        private final EventStream events =
                new EventStream(endpoint.reader().limits().messageBytes(), new Bookmark(), SseConnection.this::event);

        @Override
        public void head(HttpEngine.Head head) throws BadAnswer {
            if (!Status.hasAnswer(head.status())) {
                throw Status.refuse(head);
            }
            if (MediaType.of(head) != MediaType.EVENT_STREAM) {
                throw BadAnswer.noMcp("it is no stream of events");
            }
        }

        @Override
        public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
            return events.feed(bytes);
        }

        @Override
        public void end() {
            lost(ENDED);
        }

        @Override
        public void broken(Reply.Failure why) {
            lost(why);
        }

        @Override
        public void brokeOff(Reply.Failure why) {
            lost(address.isDone() ? ENDED : why);
        }

        @Override
        public boolean mayBeSilent() {
            return address.isDone() && duplex.outgoing().calls().isEmpty();
        }
    }

    private CompletionStage<Void> event(String type, byte[] data) throws BadAnswer {
        boolean named = address.isDone();
        if (type.equals("endpoint") && !named) {
            address.complete(addressIn(data));
        } else if (type.equals("message") && named) {
            return message(data);
        } else if (!named) {
            throw BadAnswer.noMcp("it does not begin with the address for messages");
        }
        return CompletableFuture.completedFuture(null); // a second address is not followed
    }

    private URI addressIn(byte[] data) throws BadAnswer {
        try {
            return MessageAddress.of(data, endpoint.uri());
        } catch (BadAnswer bad) {
            addressRefused = bad.failure();
            throw bad;
        }
    }

    /** Why the server's address for messages was not taken, if it named one. */
    Optional<Reply.Failure> addressRefused() {
        return Optional.ofNullable(addressRefused);
    }

    private CompletionStage<Void> message(byte[] data) {
        try {
            return duplex.receive(endpoint.reader().read(data), null);
        } catch (MalformedMessage malformed) {
            origin.unexpected(); // one bad event says nothing about the calls of the others
            malformed.answered().ifPresent(id -> duplex.outgoing().fail(id, MALFORMED));
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        Exchange carrier = stream;
        if (!isOpen() || carrier == null || !address.isDone()) {
            return CompletableFuture.failedFuture(new ConnectionLost("the connection was closed"));
        }
        if (duplex.outgoing().calls().isEmpty()) {
            carrier.expectMore();
        }
        Posting posting = new Posting();
        return duplex.send(call.with(Posting.KEY, posting))
                .thenCompose(posting::settle)
                .whenComplete((reply, error) -> {
                    if (reply != null) {
                        negotiation.replied(call, reply);
                    }
                });
    }

    /** Posts a message. What it brings about comes on the stream. */
    @Override
    public CompletionStage<Void> send(Frame frame, Call call) {
        frame.size(); // writes it: what cannot be written fails here, and not as a server that cannot be reached
        if (!isOpen()) { // nothing that is said could be understood, and nothing would end the exchange
            return CompletableFuture.failedFuture(new ConnectionLost("the connection was closed"));
        }
        Posting posting = call.attribute(Posting.KEY).filter(Posting::take).orElseGet(Posting::new);
        Receipt receipt = new Receipt(head -> posted(head, posting), posting::refused);
        endpoint.exchanges().start(this, post(frame), receipt);
        return receipt.taken();
    }

    private HttpEngine.Request post(Frame frame) {
        List<HttpEngine.Header> headers = endpoint.headers(
                "application/json, text/event-stream",
                new HttpEngine.Header("Content-Type", "application/json"),
                negotiation.header().map(List::of).orElse(List.of()));
        return new HttpEngine.Request("POST", address.join(), headers, frame);
    }

    private void posted(HttpEngine.Head head, Posting posting) throws BadAnswer {
        if (head.status() == 404) {
            posting.sessionLost();
            lost(FORGOTTEN);
            throw new BadAnswer(FORGOTTEN);
        }
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public void close() {
        lost(CLOSED);
    }

    private void lost(Reply.Failure why) {
        open.set(false);
        duplex.lost(why);
        endpoint.exchanges().abort(this);
        address.completeExceptionally(new UpstreamException(why.message()));
    }

    @Override
    public String toString() {
        return "SseConnection[" + endpoint + "]";
    }
}
