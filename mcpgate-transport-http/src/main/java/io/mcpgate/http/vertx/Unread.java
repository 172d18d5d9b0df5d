package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import java.util.function.Function;

/**
 * What was written to one connection as far as it goes, and waits for its client to read it. A client that takes a little of
 * it from time to time is slow and may be; one that takes nothing for the time of a stall is cut off, for otherwise the bytes
 * would be kept for as long as it likes. All on the connection's event loop.
 */
final class Unread {
    private final Function<Runnable, Registration> afterStall;
    private final Runnable cut;
    private Registration alarm = () -> {};
    private int waiting; // answers of which not all was taken, and a request that is held back behind others
    private boolean moved; // since it was looked at last
    private int turn; // counts, so that an alarm that rings while it is taken back finds that it is none any more

    /**
     * Nothing yet.
     *
     * @param afterStall runs a task when a client that does not read has had its time
     * @param cut ends the connection
     */
    Unread(Function<Runnable, Registration> afterStall, Runnable cut) {
        this.afterStall = afterStall;
        this.cut = cut;
    }

    /** Something begins to wait for the client. */
    void begin() {
        if (waiting++ == 0) {
            moved = false;
            lookLater();
        }
    }

    /** The client has taken a part. */
    void moved() {
        moved = true;
    }

    /** What has begun waits no more. */
    void end() {
        moved = true; // for what waits behind it
        if (--waiting == 0) {
            close();
        }
    }

    /** The connection is over, or nothing waits. */
    void close() {
        turn++;
        alarm.close();
    }

    private void lookLater() {
        int mine = ++turn;
        alarm = afterStall.apply(() -> look(mine));
    }

    private void look(int mine) {
        if (mine != turn) {
            return;
        }
        boolean stalled = !moved;
        moved = false;
        if (stalled) {
            cut.run();
        } else {
            lookLater();
        }
    }
}
