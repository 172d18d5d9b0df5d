package io.mcpgate.http.upstream;

import io.mcpgate.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * What is done with the answer to one HTTP request. Head, chunks and end come one after the other; exactly one of
 * {@link #end}, {@link #broken} and {@link #brokeOff} comes last, but that {@link #end} may be followed by {@link #broken} if
 * it throws.
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

    /** As {@link #broken}, where it was the way to the server that broke, and nobody's decision. */
    default void brokeOff(Reply.Failure why) {
        broken(why);
    }

    /** Whether what is still to come matters to nobody. */
    default boolean isSettled() {
        return false;
    }

    /** Whether nothing need come for now, so that silence says nothing. */
    default boolean mayBeSilent() {
        return false;
    }
}
