package io.mcpgate.http.upstream;

import io.mcpgate.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The answer to what needs none: only whether the server has taken it. Bodies are not read. */
final class Receipt implements Answer {
    private static final int IGNORED_BYTES_MAX = 64 << 10;

    private final Head onHead;
    private final Consumer<Reply.Failure> onBroken;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private int ignoredBytes;

    /**
     * A receipt.
     *
     * @param onHead looks at the head first
     * @param onBroken is told why the server has not taken it, before {@link #taken} fails
     */
    Receipt(Head onHead, Consumer<Reply.Failure> onBroken) {
        this.onHead = onHead;
        this.onBroken = onBroken;
    }

    /** Looks at the head of an answer. */
    @FunctionalInterface
    interface Head {
        void look(HttpEngine.Head head) throws BadAnswer;
    }

    /** Completes when the server has taken the message; fails if it has not. */
    CompletionStage<Void> taken() {
        return taken;
    }

    @Override
    public void head(HttpEngine.Head head) throws BadAnswer {
        onHead.look(head);
        if (!Status.isTaken(head.status())) {
            throw Status.refuse(head);
        }
        taken.complete(null);
    }

    /** Reads on to the end of what is small, so that the connection can be used again. */
    @Override
    public CompletionStage<Void> chunk(ByteBuffer bytes) throws BadAnswer {
        ignoredBytes += bytes.remaining();
        if (ignoredBytes > IGNORED_BYTES_MAX) {
            throw BadAnswer.tooLarge(IGNORED_BYTES_MAX);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void end() {}

    @Override
    public void broken(Reply.Failure why) {
        if (!taken.isDone()) {
            onBroken.accept(why);
            taken.completeExceptionally(new BadAnswer(why));
        }
    }

    @Override
    public boolean isSettled() {
        return taken.isDone();
    }
}
