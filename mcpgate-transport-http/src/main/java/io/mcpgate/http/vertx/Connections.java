package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation.Registration;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a server: so many and no more, and none that is held open without a request. Vert.x knows idle
 * connections only as such without a byte, which is what a client that sends one byte at a time is never.
 */
final class Connections {
    /** In which a client that is still sending can read why nobody listens: closing at once might take that from it. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

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
        Patience waiting = new Patience(loop, connection);
        connection.closeHandler(closed -> {
            count.decrementAndGet();
            patience.remove(connection);
            waiting.close();
        });
        if (room) {
            patience.put(connection, waiting);
            waiting.begin(limits.headerTimeout());
        } else {
            connection.close();
        }
    }

    /**
     * Breaks off in a while whatever is left then: the server's shutdown waits for a connection that is being closed already,
     * and that one for its client.
     *
     * @return takes it back
     */
    Registration breakOffAfter(Duration drain) {
        return alarms.after(drain, () -> patience.values().forEach(Patience::breakOffSoon));
    }

    private static Optional<InetAddress> localAddressOf(HttpConnection connection) {
        SocketAddress local = connection.localAddress();
        try {
            return local == null || local.hostAddress() == null
                    ? Optional.empty()
                    : Optional.of(InetAddress.getByName(local.hostAddress()));
        } catch (UnknownHostException noAddress) {
            return Optional.empty();
        }
    }

    /** A request's header has come in; its connection is told when the request has its answer. */
    Patience busy(Context loop, HttpConnection connection) {
        Patience waiting = patience.get(connection);
        if (waiting == null) { // it is being closed
            waiting = new Patience(loop, connection);
            waiting.close();
        }
        waiting.busy();
        return waiting;
    }

    /** One connection, and the time in which its next request must come. All on the connection's event loop. */
    final class Patience {
        private final Context loop;
        private final HttpConnection connection;
        private final Optional<InetAddress> localAddress;
        private final Unread unread;
        private @Nullable Registration alarm;
        private int wait; // counts, so that an alarm that rings while a request comes in finds that it is none any more
        private int requests;
        private boolean isLast;
        private boolean closed;

        private Patience(Context loop, HttpConnection connection) {
            this.loop = loop;
            this.connection = connection;
            this.localAddress = localAddressOf(connection);
            this.unread = new Unread(
                    look -> alarms.after(limits.stall(), () -> loop.runOnContext(now -> look.run())), this::breakOff);
        }

        /** The address on which the client has connected. */
        Optional<InetAddress> localAddress() {
            return localAddress;
        }

        private void busy() {
            requests++;
            end();
        }

        /** A request has its answer; another one may have come together with it. */
        void idle() {
            requests--;
            if (requests == 0) {
                begin(isLast && limits.idleTimeout().compareTo(FAREWELL) > 0 ? FAREWELL : limits.idleTimeout());
            }
        }

        /** The request under way is not read to its end, for which Vert.x would wait before it closes the connection. */
        void last() {
            isLast = true;
        }

        /** Looks after an answer that may take its client some time, until its last part is taken; it is not idle meanwhile. */
        void watch(Future<Void> last) {
            if (last.isComplete()) {
                return;
            }
            busy();
            unread.begin();
            last.onComplete((done, error) -> {
                unread.end();
                idle();
            });
        }

        /** The client has taken a part of what is looked after. */
        void moved() {
            unread.moved();
        }

        /**
         * Holds a request back until the client has read what it was answered before, but for a little. That is looked after
         * meanwhile, also where each answer of it is small.
         */
        void whenRead(HttpServerResponse response, Runnable next) {
            unread.begin();
            response.drainHandler(drained -> {
                response.drainHandler(null);
                unread.end(); // first, as the next one may be held back before this returns
                next.run();
            });
        }

        private void breakOffSoon() {
            loop.runOnContext(now -> breakOff());
        }

        private void breakOff() {
            if (!closed) {
                Channels.breakOff(connection);
            }
        }

        private void close() {
            closed = true;
            unread.close();
            end();
        }

        private void begin(Duration limit) {
            end();
            if (closed) {
                return;
            }
            int mine = wait;
            alarm = alarms.after(limit, () -> loop.runOnContext(now -> over(mine)));
        }

        private void over(int waited) {
            if (waited == wait) {
                breakOff(); // a small answer may still be unread
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
