package io.mcpgate.http.upstream;

import io.mcpgate.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * What is done with the answer to one HTTP request. Head, chunks and end come one after the other; exactly one of
 * {@link #end} and {@link #broken} comes last.
 */
interface Answer {
    /** Decides by the head how the body is read. */
    void head(HttpEngine.Head head) throws BadAnswer;

    /** Reads some bytes; see {@link HttpEngine.Receiver#chunk}. */
    CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer;

    /** The body is complete. */
    void end() throws BadAnswer;

    /** There will be no (further) answer. */
    void broken(Reply.Failure why);

    /** Whether what is still to come matters to nobody. */
    default boolean isSettled() {
        return false;
    }
}
