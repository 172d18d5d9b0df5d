package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a server: so many and no more, and none that is held open without a request. Vert.x knows idle
 * connections only as such without a byte, which is what a client that sends one byte at a time is never.
 */
final class Connections {
    private final ServerLimits limits;
    private final Alarms alarms;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<HttpConnection, Patience> patience = new ConcurrentHashMap<>();

    Connections(ServerLimits limits, Alarms alarms) {
        this.limits = limits;
        this.alarms = alarms;
    }

    /** A client has connected; called on the connection's event loop, as is everything else here. */
    void opened(Context loop, HttpConnection connection) {
        boolean room = count.incrementAndGet() <= limits.connections();
        Patience waiting = new Patience(alarms, loop, connection);
        connection.closeHandler(closed -> {
            count.decrementAndGet();
            patience.remove(connection);
            waiting.end();
        });
        if (room) {
            patience.put(connection, waiting);
            waiting.begin(limits.headerTimeout());
        } else {
            connection.close();
        }
    }

    /** A request's header has come in. */
    void busy(HttpConnection connection) {
        Patience waiting = patience.get(connection);
        if (waiting != null) {
            waiting.busy();
        }
    }

    /** A request has its answer; another one may have come together with it. */
    void idle(HttpConnection connection) {
        Patience waiting = patience.get(connection);
        if (waiting != null) {
            waiting.idle(limits.idleTimeout());
        }
    }

    /** The time in which the next request must come. All on the connection's event loop. */
    private static final class Patience {
        private final Alarms alarms;
        private final Context loop;
        private final HttpConnection connection;
        private @Nullable Registration alarm;
        private int wait; // counts, so that an alarm that rings while a request comes in finds that it is none any more
        private int requests;

        private Patience(Alarms alarms, Context loop, HttpConnection connection) {
            this.alarms = alarms;
            this.loop = loop;
            this.connection = connection;
        }

        private void busy() {
            requests++;
            end();
        }

        private void idle(Duration limit) {
            requests--;
            if (requests == 0) {
                begin(limit);
            }
        }

        private void begin(Duration limit) {
            end();
            int mine = wait;
            alarm = alarms.after(limit, () -> loop.runOnContext(now -> over(mine)));
        }

        private void over(int waited) {
            if (waited == wait) {
                connection.close();
            }
        }

        private void end() {
            wait++;
            if (alarm != null) {
                alarm.close();
                alarm = null;
            }
        }
    }
}
