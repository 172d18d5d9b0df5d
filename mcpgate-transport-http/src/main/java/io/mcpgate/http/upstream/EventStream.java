package io.mcpgate.http.upstream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A body that is a stream of events. One chunk may hold many events: the next chunk is wanted when all of them were taken.
 * Used by one thread after the other.
 */
final class EventStream {
    private final SseParser parser;
    private final Bookmark bookmark;
    private List<CompletableFuture<Void>> slow = new ArrayList<>();

    /**
     * A stream at its start.
     *
     * @param eventBytesMax how many bytes of data one event may have
     * @param bookmark is moved along
     */
    EventStream(int eventBytesMax, Bookmark bookmark, Taker taker) {
        this.bookmark = bookmark;
        this.parser = new SseParser(eventBytesMax, (type, data) -> {
            CompletableFuture<Void> taken = taker.take(type, data).toCompletableFuture();
            if (!taken.isDone()) {
                slow.add(taken);
            }
        });
        bookmark.eventId().ifPresent(parser::resumedBehind);
    }

    /** Takes events. */
    @FunctionalInterface
    interface Taker {
        /** Takes an event; the stage completes, and not with an error, when another one is wanted. */
        CompletionStage<Void> take(String type, byte[] data) throws BadAnswer;
    }

    /** Reads a chunk; see {@link HttpEngine.Receiver#chunk}. */
    CompletionStage<Void> feed(ByteBuffer bytes) throws BadAnswer {
        parser.feed(bytes);
        bookmark.moveTo(parser);
        if (slow.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> all = CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new));
        slow = new ArrayList<>();
        return all;
    }
}
