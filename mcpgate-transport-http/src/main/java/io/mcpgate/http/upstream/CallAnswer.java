package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: one JSON message, or a stream of events that ends with the response. A stream that ends earlier
 * is gone on with elsewhere, if the connection can.
 */
final class CallAnswer implements Answer {
    private static final long LENGTH_UNKNOWN = -1;

    private final HttpConnection connection;
    private final Call call;
    private final Posting posting;
    private final CallMessages messages;
    private final Bookmark bookmark = new Bookmark();
    private @Nullable JsonBody json;
    private @Nullable EventStream events;
    private @Nullable BadAnswer errorStatus; // what to say unless the body holds a JSON-RPC error

    /** The answer to a call that {@code connection} sends. */
    CallAnswer(HttpConnection connection, Call call, Posting posting) {
        this.connection = connection;
        this.call = call;
        this.posting = posting;
        this.messages = new CallMessages(connection, call, posting);
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
            case EVENT_STREAM -> events = messages.stream(bookmark);
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
        if (events != null) {
            return events.feed(bytes);
        }
        if (json != null) {
            json.add(bytes);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void end() throws BadAnswer {
        if (json != null) {
            whole(json);
        } else if (!isGoneOnWith()) {
            throw streamEnded();
        }
    }

    private void whole(JsonBody body) throws BadAnswer {
        BadAnswer status = errorStatus;
        if (status != null) {
            error(body, status);
            return;
        }
        Envelope message = messages.read(body.toByteArray());
        if (message instanceof Envelope.Request) {
            messages.dropped();
        } else {
            messages.receive(message);
        }
        if (!messages.isAnswered()) {
            throw BadAnswer.noMcp("it is no response to this call");
        }
    }

    /** With an error status comes an error or nothing; one without an id can only mean the request that it answers. */
    private void error(JsonBody body, BadAnswer status) throws BadAnswer {
        Envelope message;
        try {
            message = messages.read(body.toByteArray());
        } catch (BadAnswer noMcp) {
            throw status;
        }
        if (!(message instanceof Envelope.Failed error)) {
            throw status;
        }
        if (error.id() == null) {
            broken(Reply.Failure.received(error.code(), error.message(), error.data()));
        } else {
            messages.receive(error);
        }
        if (!messages.isAnswered()) {
            throw status;
        }
    }

    /** Whether nothing is missing, or what is missing will come on another exchange. */
    private boolean isGoneOnWith() {
        return messages.isAnswered() || (events != null && connection.goOn(messages, bookmark));
    }

    static BadAnswer streamEnded() {
        return new BadAnswer(Reply.Failure.of(ErrorCode.UNAVAILABLE, "The server's stream ended before the response"));
    }

    @Override
    public void brokeOff(Reply.Failure why) {
        if (!isGoneOnWith()) {
            broken(why);
        }
    }

    @Override
    public void broken(Reply.Failure why) {
        messages.fail(why);
    }

    @Override
    public boolean isSettled() {
        return messages.isAnswered();
    }
}
