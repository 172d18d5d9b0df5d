package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: one JSON message, or a stream of events that ends with the response. Whatever ends it, the
 * call has exactly one reply afterwards; what comes when the call has its reply is dropped.
 */
final class CallAnswer implements Answer {
    private static final long LENGTH_UNKNOWN = -1;

    private final HttpConnection connection;
    private final Call call;
    private final Posting posting;
    private @Nullable JsonBody json;
    private @Nullable SseParser events;
    private @Nullable BadAnswer errorStatus; // what to say unless the body holds a JSON-RPC error
    private List<CompletableFuture<Void>> slow = new ArrayList<>();

    /** The answer to a call that {@code connection} sends. */
    CallAnswer(HttpConnection connection, Call call, Posting posting) {
        this.connection = connection;
        this.call = call;
        this.posting = posting;
    }

    @Override
    public void head(HttpEngine.Head head) throws BadAnswer {
        connection.answered(call, posting, head);
        MediaType type = MediaType.of(head);
        if (Status.hasAnswer(head.status())) {
            open(type, head);
        } else if (Status.mayHaveError(head.status()) && type == MediaType.JSON) {
            errorStatus = Status.refuse(head);
            json = body(head);
        } else {
            throw Status.refuse(head);
        }
    }

    private void open(MediaType type, HttpEngine.Head head) throws BadAnswer {
        switch (type) {
            case JSON -> json = body(head);
            case EVENT_STREAM -> events = new SseParser(connection.messageBytesMax(), this::event);
            case OTHER -> throw BadAnswer.noMcp("its content type or coding is none that was asked for");
        }
    }

    private JsonBody body(HttpEngine.Head head) {
        long expected = head.header("Content-Length").map(CallAnswer::length).orElse(LENGTH_UNKNOWN);
        return new JsonBody(connection.messageBytesMax(), expected);
    }

    private static long length(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException invalid) {
            return LENGTH_UNKNOWN;
        }
    }

    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
        if (json != null) {
            json.add(bytes);
        } else if (events != null) {
            events.feed(bytes);
        }
        return untilTaken();
    }

    /** One chunk may hold many events: the next chunk is wanted when all of them were taken. */
    private CompletionStage<Void> untilTaken() {
        if (slow.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> all = CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new));
        slow = new ArrayList<>();
        return all;
    }

    private void event(String type, byte[] data) throws BadAnswer {
        if (!type.equals("message")) {
            return; // MCP has no others; clients pass over them
        }
        CompletableFuture<Void> taken = receive(read(data)).toCompletableFuture();
        if (!taken.isDone()) {
            slow.add(taken);
        }
    }

    private Envelope read(byte[] message) throws BadAnswer {
        try {
            return connection.reader().read(message);
        } catch (MalformedMessage malformed) {
            BadAnswer status = errorStatus;
            throw status != null ? status : BadAnswer.noMcp("a message in it is malformed");
        }
    }

    private CompletionStage<Void> receive(Envelope message) {
        boolean unwanted = posting.isAnswered()
                || (message instanceof Envelope.Request request && !connection.takes(request))
                || (json != null && message instanceof Envelope.Request);
        if (unwanted) {
            connection.dropped();
            return CompletableFuture.completedFuture(null);
        }
        return connection.duplex().receive(message, call);
    }

    @Override
    public void end() throws BadAnswer {
        JsonBody body = json;
        if (body != null) {
            Envelope message = read(body.toByteArray());
            BadAnswer status = errorStatus;
            if (status == null) {
                receive(message);
            } else {
                error(message, status);
            }
        }
        if (!posting.isAnswered()) {
            throw body != null
                    ? BadAnswer.noMcp("it is no response to this call")
                    : new BadAnswer(
                            Reply.Failure.of(ErrorCode.UNAVAILABLE, "The server's stream ended before the response"));
        }
    }

    /** With an error status comes an error or nothing; one without an id can only mean the request that it answers. */
    private void error(Envelope message, BadAnswer status) throws BadAnswer {
        if (!(message instanceof Envelope.Failed error)) {
            throw status;
        }
        if (error.id() == null) {
            broken(Reply.Failure.received(error.code(), error.message(), error.data()));
        } else {
            receive(error);
        }
        if (!posting.isAnswered()) {
            throw status;
        }
    }

    @Override
    public void broken(Reply.Failure why) {
        connection.duplex().outgoing().fail(call, why);
    }

    @Override
    public boolean isSettled() {
        return posting.isAnswered();
    }
}
