package io.mcpgate.http.endpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request while it comes in: an engine adds its pieces and says when that was the last. It has a limit of its
 * own, and beyond 4 KiB a share of the room that all bodies of the endpoint have together, which is taken as bytes come in
 * and given back as soon as the body is whole or has failed.
 *
 * <p>Pieces are added by one thread at a time, in order. {@link #fail} may be called by any thread and at any time. What
 * comes after the end is dropped.
 */
public final class RequestBody {
    /** Needs no share: most calls are smaller, and they are to get through while somebody else uses all there is. */
    static final int SMALL_BYTES_MAX = 4 << 10;

    private static final byte[] NOTHING = {};

    private final int bytesMax;
    private final BodyBudget budget;
    /** What it holds is what was taken; {@code null} when that was given back. */
    private final AtomicReference<byte @Nullable []> room = new AtomicReference<>(NOTHING);

    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private int expected;
    private int length;

    /** A body of which nothing has come yet; one that could never have so much room is too large. */
    RequestBody(int bytesMax, BodyBudget budget) {
        this.bytesMax = (int) Math.min(bytesMax, budget.bytesMax());
        this.budget = budget;
        this.expected = this.bytesMax;
    }

    /** Its bytes, when all are there; fails with {@link BodyRefused}, or with anything else if the client went away. */
    CompletableFuture<byte[]> whole() {
        return whole;
    }

    /** The client has announced so many bytes. If that is too much, this is the end. Zero or less says nothing. */
    public void announce(long bytes) {
        if (bytes > bytesMax) {
            fail(BodyRefused.tooLarge(bytesMax));
        } else if (bytes > 0) {
            expected = (int) bytes;
        }
    }

    /** Adds all that remains of a piece. If the body becomes too large by it or finds no room, this is the end. */
    public void add(ByteBuffer piece) {
        byte[] now = room.get();
        long needed = (long) length + piece.remaining();
        if (now == null) {
            return;
        }
        if (needed > bytesMax) {
            fail(BodyRefused.tooLarge(bytesMax));
            return;
        }
        byte[] enough = needed > now.length ? grow(now, (int) needed) : now;
        if (enough != null) {
            piece.get(enough, length, piece.remaining());
            length = (int) needed;
        }
    }

    private byte @Nullable [] grow(byte[] now, int needed) {
        int size = sizeFor(needed, now.length);
        long more = share(size) - share(now.length);
        if (!budget.take(more)) {
            fail(BodyRefused.noRoom());
            return null;
        }
        boolean grown = false;
        try {
            byte[] larger = Arrays.copyOf(now, size);
            grown = room.compareAndSet(now, larger);
            return grown ? larger : null;
        } finally {
            if (!grown) { // it has failed meanwhile, or there is no memory: then it must not go on without this piece
                budget.giveBack(more);
                fail(BodyRefused.noRoom());
            }
        }
    }

    /** At once twice as much, but not more than may come, and no share for what is small. */
    private int sizeFor(int needed, int now) {
        int enough = needed > SMALL_BYTES_MAX ? expected : Math.min(expected, SMALL_BYTES_MAX);
        return (int) Math.max(needed, Math.min(2L * now, enough));
    }

    private static long share(int size) {
        return size > SMALL_BYTES_MAX ? size : 0;
    }

    /** That was the last piece. */
    public void complete() {
        byte[] last = room.get();
        if (last != null) {
            byte[] bytes = last.length == length ? last : Arrays.copyOf(last, length);
            if (end()) {
                whole.complete(bytes);
            }
        }
    }

    /** It will not be read to its end. */
    public void fail(Throwable cause) {
        if (end()) {
            whole.completeExceptionally(cause);
        }
    }

    /** Gives the room back, before anybody hears of it: what happens next may take long. */
    private boolean end() {
        byte[] last = room.getAndSet(null);
        if (last != null) {
            budget.giveBack(share(last.length));
        }
        return last != null;
    }

    /** Whether more may be added. */
    public boolean isOpen() {
        return room.get() != null;
    }

    /** Whether it was read to its end. */
    public boolean isWhole() {
        return whole.isDone() && !whole.isCompletedExceptionally();
    }

    /** Runs a short task once when it has ended, in either way; at once if it has. */
    public void onEnd(Runnable task) {
        whole.whenComplete((bytes, error) -> task.run());
    }
}
