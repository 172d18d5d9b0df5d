package io.mcpgate.http.upstream;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What comes for one call, on whichever exchange. Whatever ends it, the call has exactly one reply afterwards; what comes
 * when the call has its reply is dropped.
 */
final class CallMessages {
    /**
     * How event stores of the TypeScript SDK 1.x may send again the event with which a stream began; that carries no message,
     * and is replayed where it was stored in the same millisecond as one behind it.
     */
    private static final byte[] BEGINNING = {'{', '}'};

    private final HttpConnection connection;
    private final Call call;
    private final Posting posting;

    CallMessages(HttpConnection connection, Call call, Posting posting) {
        this.connection = connection;
        this.call = call;
        this.posting = posting;
    }

    /** A stream of them. */
    EventStream stream(Bookmark bookmark) {
        return new EventStream(connection.messageBytesMax(), bookmark, this::event);
    }

    private CompletionStage<Void> event(String type, byte[] data) throws BadAnswer {
        if (!type.equals("message") || Arrays.equals(data, BEGINNING)) {
            return CompletableFuture.completedFuture(null); // MCP has no other types; clients pass over them
        }
        return receive(read(data));
    }

    /** Reads a message. */
    Envelope read(byte[] message) throws BadAnswer {
        try {
            return connection.reader().read(message);
        } catch (MalformedMessage malformed) {
            throw BadAnswer.noMcp("a message in it is malformed");
        }
    }

    /** Takes a message further, or drops it. */
    CompletionStage<Void> receive(Envelope message) {
        if (isAnswered() || (message instanceof Envelope.Request request && !connection.takes(request))) {
            connection.dropped();
            return CompletableFuture.completedFuture(null);
        }
        return connection.duplex().receive(message, call);
    }

    /** Ends the call, unless it has its reply. */
    void fail(Reply.Failure why) {
        connection.duplex().outgoing().fail(call, why);
    }

    /** Whether the call has its reply. */
    boolean isAnswered() {
        return posting.isAnswered();
    }

    /** Something came that does not belong here. */
    void dropped() {
        connection.dropped();
    }

    /** The exchange on which they come from now on; it ends when the call is cancelled. */
    void carriedBy(Exchange exchange) {
        posting.carriedBy(exchange);
    }
}
