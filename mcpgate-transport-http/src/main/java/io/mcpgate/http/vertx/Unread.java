package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * An answer that was written as far as it goes, and waits for its client to read it. A client that takes a little of it from
 * time to time is slow and may be; one that takes nothing for the time of a stall is cut off, for otherwise the bytes would
 * be kept for as long as it likes. All on the connection's event loop.
 */
final class Unread {
    private final Function<Runnable, Registration> afterStall;
    private final Runnable cut;
    private Registration alarm = () -> {};
    private boolean moved; // since it was looked at last
    private boolean taken;

    /**
     * An answer of which nothing was taken yet.
     *
     * @param afterStall runs a task when a client that does not read has had its time
     * @param cut ends the connection
     */
    Unread(Function<Runnable, Registration> afterStall, Runnable cut) {
        this.afterStall = afterStall;
        this.cut = cut;
    }

    /** A part of it was taken. */
    void moved() {
        moved = true;
    }

    /** Looks after it from now on, until its last part was taken or the connection has ended. */
    void watch(Future<Void> last, Runnable afterwards) {
        last.onComplete((done, error) -> {
            taken = true;
            alarm.close();
            afterwards.run();
        });
        lookLater();
    }

    private void lookLater() {
        if (!taken) {
            alarm = afterStall.apply(this::look);
        }
    }

    private void look() {
        boolean stalled = !taken && !moved;
        moved = false;
        if (stalled) {
            cut.run();
        } else {
            lookLater();
        }
    }
}
