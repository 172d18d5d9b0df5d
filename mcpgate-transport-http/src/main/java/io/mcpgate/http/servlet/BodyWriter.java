package io.mcpgate.http.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes a body when the container is ready for it. Bytes may be handed in by any thread; only one at a time writes, and
 * whoever waits for bytes to be taken is told outside of the lock. What is large is flushed bit by bit, for it is only then
 * known that the client has taken some of it.
 */
final class BodyWriter implements WriteListener {
    private static final int FLUSH_BYTES = 64 << 10;

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Runnable onBroken;
    private final Deque<Chunk> waiting = new ArrayDeque<>(); // guarded by this
    private final List<Chunk> written = new ArrayList<>(); // guarded by this; not flushed yet
    private long writtenBytes; // guarded by this
    private boolean started; // guarded by this
    private boolean flushing; // guarded by this
    private boolean ending; // guarded by this
    private boolean finished; // guarded by this

    BodyWriter(AsyncContext async, ServletOutputStream out, Runnable onBroken) {
        this.async = async;
        this.out = out;
        this.onBroken = onBroken;
    }

    private static final class Chunk {
        private final byte[] bytes;
        private final CompletableFuture<Void> taken = new CompletableFuture<>();

        private Chunk(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** Hands bytes in; completes when the container has sent them. */
    CompletableFuture<Void> write(ByteBuffer... parts) {
        Chunk chunk = new Chunk(join(parts));
        synchronized (this) {
            if (finished || ending) {
                chunk.taken.completeExceptionally(new IOException("The answer has ended"));
                return chunk.taken;
            }
            waiting.add(chunk);
        }
        advance();
        return chunk.taken;
    }

    private static byte[] join(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) {
            joined.put(part.duplicate());
        }
        return joined.array();
    }

    /** Ends the answer behind what was handed in. */
    void end() {
        synchronized (this) {
            ending = true;
        }
        advance();
    }

    /** Ends it now. */
    void abort() {
        fail(new IOException("The answer was broken off"));
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            started = true;
        }
        advance();
    }

    private void advance() {
        List<Chunk> taken = new ArrayList<>();
        try {
            writeWhatIsPossible(taken);
        } catch (IOException | RuntimeException broken) {
            fail(broken);
        }
        taken.forEach(chunk -> chunk.taken.complete(null));
    }

    private synchronized void writeWhatIsPossible(List<Chunk> taken) throws IOException {
        while (started && !finished && out.isReady()) {
            if (flushing) {
                flushing = false;
                taken.addAll(written);
                written.clear();
                writtenBytes = 0;
            }
            Chunk next = writtenBytes < FLUSH_BYTES ? waiting.poll() : null;
            if (next != null) {
                written.add(next); // before it is written: if that breaks, whoever waits for it must learn of it
                writtenBytes += next.bytes.length;
                out.write(next.bytes);
            } else if (!written.isEmpty()) {
                flushing = true;
                out.flush();
            } else {
                if (ending) {
                    finished = true;
                    async.complete();
                }
                return;
            }
        }
    }

    @Override
    public void onError(Throwable broken) {
        fail(broken);
    }

    private void fail(Throwable broken) {
        List<Chunk> lost = new ArrayList<>();
        synchronized (this) {
            if (finished) {
                return;
            }
            finished = true;
            lost.addAll(written);
            lost.addAll(waiting);
            written.clear();
            waiting.clear();
        }
        onBroken.run();
        lost.forEach(chunk -> chunk.taken.completeExceptionally(broken));
        try {
            async.complete();
        } catch (IllegalStateException over) {
            // the container has completed it already
        }
    }
}
