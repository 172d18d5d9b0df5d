package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a batch: an event stream with a message for each response, as they come; for a client that takes no stream,
 * an array of all of them.
 */
final class BatchAnswer {
    private final Visit visit;
    private final PostAnswer answer;
    private final int bytesMax;
    private final AtomicInteger awaited;
    private final Deque<Frame> waiting = new ArrayDeque<>(); // guarded by this
    private int waitingBytes; // guarded by this
    private boolean sending; // guarded by this
    private volatile boolean complete;

    /**
     * An answer that is not begun.
     *
     * @param answer what the messages of the batch's calls travel on
     * @param bytesMax of an array, or of what waits to be sent
     * @param awaited how many responses there will be
     */
    BatchAnswer(Visit visit, PostAnswer answer, int bytesMax, int awaited) {
        this.visit = visit;
        this.answer = answer;
        this.bytesMax = bytesMax;
        this.awaited = new AtomicInteger(awaited);
    }

    /** One more response; the last one ends the answer. */
    void reply(@Nullable RequestId id, Reply reply) {
        Frame made = frame(id, reply);
        Frame frame = PostAnswer.isWritable(made) ? made : Frame.error(id, PostAnswer.UNWRITABLE);
        if (concernsTheVisitor(reply) && turnAway(reply, frame)) {
            return;
        }
        add(id, frame);
        if (awaited.decrementAndGet() == 0) {
            complete = true;
        }
        if (visit.accepts().events()) {
            sendWaiting();
        } else if (complete) {
            sendArray();
        }
    }

    private static Frame frame(@Nullable RequestId id, Reply reply) {
        if (reply instanceof Reply.Failure failure) {
            return Frame.error(id, failure);
        }
        return Frame.response(Objects.requireNonNull(id, "only an error answers what has no id"), reply);
    }

    /** Who may not come in, or not to this session, is told so for all messages at once, as HTTP has it. */
    private static boolean concernsTheVisitor(Reply reply) {
        return reply instanceof Reply.Failure failure
                && (failure.is(ErrorCode.UNAUTHENTICATED) || failure.is(ErrorCode.NOT_FOUND));
    }

    private boolean turnAway(Reply reply, Frame frame) {
        return answer.endPlainly(() -> visit.out().json(Statuses.LEGACY.of(reply), frame, Map.of()));
    }

    private synchronized void add(@Nullable RequestId id, Frame frame) {
        boolean room = waitingBytes + (long) frame.size() <= bytesMax;
        Frame added = room
                ? frame
                : Frame.error(
                        id,
                        Reply.Failure.of(
                                ErrorCode.TOO_LARGE, "The responses to this batch are larger than one answer may be"));
        waiting.add(added);
        waitingBytes += added.size();
    }

    /** One by one, each when the one before was taken: many come at once, and no reader could keep up with that. */
    private void sendWaiting() {
        while (true) {
            Frame next;
            synchronized (this) {
                if (sending) {
                    return;
                }
                next = waiting.poll();
                sending = next != null;
            }
            if (next == null) {
                if (complete) {
                    answer.end();
                }
                return;
            }
            CompletableFuture<Void> taken = answer.send(next).toCompletableFuture();
            if (!taken.isDone()) {
                taken.whenComplete((done, error) -> {
                    sent(next);
                    sendWaiting();
                });
                return;
            }
            sent(next);
        }
    }

    private synchronized void sent(Frame frame) {
        sending = false;
        waitingBytes -= frame.size();
    }

    private synchronized void sendArray() {
        answer.endPlainly(() -> visit.out().json(List.copyOf(waiting)));
    }
}
