package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Streamable HTTP of 2025-03-26 to 2025-11-25: a handshake, perhaps a session, and one general stream for what the server
 * says outside of a call. When the server has forgotten the session, this connection is over; the pool makes another.
 */
final class LegacyConnection extends HttpConnection {
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final int SESSION_ID_MAX = 1_024;

    private final GeneralStream stream;
    private volatile @Nullable String sessionId;
    private final Negotiation negotiation = new Negotiation();
    private volatile int refusedBy;

    LegacyConnection(Endpoint endpoint, Duplex.Origin origin) {
        super(endpoint, origin);
        this.stream = new GeneralStream(this, System::nanoTime);
    }

    @Override
    public CompletionStage<Reply> send(Call call) {
        CompletionStage<Reply> reply = super.send(call);
        return switch (call.method()) {
            case "initialize" -> reply.thenApply(answer -> negotiated(call, answer));
            case "notifications/initialized" -> reply.thenApply(this::introduced);
            default -> reply;
        };
    }

    private Reply negotiated(Call call, Reply reply) {
        negotiation.replied(call, reply);
        return reply;
    }

    private Reply introduced(Reply reply) {
        if (reply instanceof Reply.Accepted && isOpen()) {
            stream.open();
        }
        return reply;
    }

    @Override
    List<HttpEngine.Header> headers(Call call) {
        return sessionHeaders();
    }

    /** What every request after the handshake carries. */
    List<HttpEngine.Header> sessionHeaders() {
        List<HttpEngine.Header> headers = new ArrayList<>(2);
        negotiation.header().ifPresent(headers::add);
        String session = sessionId;
        if (session != null) {
            headers.add(new HttpEngine.Header("Mcp-Session-Id", session));
        }
        return headers;
    }

    /**
     * A broken connection is no cancellation here, so the server is told; only then the stream may be closed. Not of a call that
     * still waits for a connection: what it is told of would overtake it.
     */
    @Override
    CompletionStage<Void> cancel(Frame frame, Call call, Posting posting) {
        if (posting.abortUnsent()) {
            return CompletableFuture.completedFuture(null);
        }
        return tell(frame, call, new Posting()).whenComplete((taken, error) -> posting.abort());
    }

    @Override
    void answered(Call call, Posting posting, HttpEngine.Head head) throws BadAnswer {
        if (call.direction() == Direction.TO_SERVER && call.method().equals("initialize")) {
            opened(head);
        } else if (head.status() == 404 && sessionId != null) {
            posting.sessionLost();
            lost();
            throw new BadAnswer(Reply.Failure.of(ErrorCode.UNAVAILABLE, "The server has ended the session"));
        }
    }

    private void opened(HttpEngine.Head head) throws BadAnswer {
        int status = head.status();
        refusedBy = status >= 400 ? status : 0;
        if (Status.hasAnswer(status) && !head.headers().apply("Mcp-Session-Id").isEmpty()) {
            sessionId = head.header("Mcp-Session-Id")
                    .filter(LegacyConnection::isSessionId)
                    .orElseThrow(() -> BadAnswer.noMcp("its session id is invalid"));
        }
    }

    /** The status by which the server refused the handshake; zero if it did not. */
    int refusedBy() {
        return refusedBy;
    }

    /** Whether so answers who knows only HTTP+SSE, provided that the body was no JSON-RPC error. */
    boolean mayBeOldTransport() {
        return refusedBy == 400 || refusedBy == 404 || refusedBy == 405;
    }

    /** Visible ASCII, as the specification says; the bound is ours. */
    private static boolean isSessionId(String id) {
        return !id.isEmpty() && id.length() <= SESSION_ID_MAX && id.chars().allMatch(c -> c > 0x20 && c < 0x7F);
    }

    @Override
    boolean goOn(CallMessages messages, Bookmark bookmark) {
        return new Resumption(this, messages, bookmark).goOn();
    }

    /** A request for a stream, behind the last event of an earlier one if there was any. */
    HttpEngine.Request get(Bookmark bookmark) {
        List<HttpEngine.Header> headers = sessionHeaders();
        headers.addAll(bookmark.headers());
        return new HttpEngine.Request("GET", endpoint().uri(), endpoint().headers("text/event-stream", headers), null);
    }

    /** The server does not go on with a stream that it had opened; by one status it says that the session has ended. */
    void streamRefused(int status) {
        if (status == 404 && sessionId != null) {
            lost();
        }
    }

    @Override
    boolean takes(Envelope.Request message) {
        return true;
    }

    /** The server has ended the session. What is under way gets its own answer. */
    private void lost() {
        if (retire()) {
            stream.close();
        }
    }

    @Override
    public void close() {
        boolean first = retire();
        stream.close();
        super.close();
        if (first && sessionId != null) {
            farewell();
        }
    }

    /** Nobody waits for it, and it is not waited for long. */
    private void farewell() {
        HttpEngine engine = endpoint().exchanges().engine();
        Exchange leaving = new Exchange(new Receipt(head -> {}, why -> {}), () -> {});
        leaving.start(
                engine,
                new HttpEngine.Request(
                        "DELETE", endpoint().uri(), endpoint().headers("application/json", sessionHeaders()), null));
        engine.after(
                FAREWELL,
                () -> leaving.abort(Reply.Failure.of(ErrorCode.DEADLINE, "The server did not answer the farewell")));
    }
}
