package io.mcpgate.http.vertx;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of a server: so many and no more, and none that is held open without a request. Vert.x knows idle
 * connections only as such without a byte, which is what a client that sends one byte at a time is never.
 */
final class Connections {
    private final ServerLimits limits;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<HttpConnection, Patience> patience = new ConcurrentHashMap<>();

    Connections(ServerLimits limits) {
        this.limits = limits;
    }

    /** A client has connected; called on the connection's event loop, as is everything else here. */
    void opened(Vertx vertx, HttpConnection connection) {
        boolean room = count.incrementAndGet() <= limits.connections();
        Patience waiting = new Patience(vertx, connection);
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

    /** The time in which the next request must come. */
    private static final class Patience {
        private static final long NONE = -1;

        private final Vertx vertx;
        private final HttpConnection connection;
        private long timer = NONE;
        private int requests;

        private Patience(Vertx vertx, HttpConnection connection) {
            this.vertx = vertx;
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
            timer = vertx.setTimer(limit.toMillis(), late -> connection.close());
        }

        private void end() {
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
            }
        }
    }
}
