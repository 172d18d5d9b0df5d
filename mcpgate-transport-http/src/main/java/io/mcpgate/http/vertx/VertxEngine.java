package io.mcpgate.http.vertx;

import io.mcpgate.Cancellation;
import io.mcpgate.core.json.Frame;
import io.mcpgate.http.upstream.HttpEngine;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The upstream client on Vert.x: no threads but its event loops. Several times as fast as the JDK's, see ADR 0004.
 *
 * <p>A request that is sent on an event loop stays there, if this is an event loop of the same Vert.x: its connection, its
 * answer and all that follows. So give server and engine one Vert.x, and a call changes no thread. A pool of Vert.x takes no
 * account of that; therefore each event loop has one of its own.
 */
public final class VertxEngine implements HttpEngine {
    private static final int HEADER_BYTES_MAX = 64 << 10;
    private static final int CONNECTIONS_MAX = 8_192; // to one host on one loop; a general stream holds one for itself
    private static final int WAITING_MAX = 1_024;
    private static final int LOOPS_MAX = 16;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final ByteBuffer[] NO_BODY = {};

    private final Vertx vertx;
    private final List<HttpClient> pools;
    private final Map<Thread, HttpClient> poolsOfLoops = new ConcurrentHashMap<>();
    private final AtomicInteger loops = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean closed;

    /** A client on the event loops of {@code vertx}, which stays open when the engine is closed. */
    public static VertxEngine on(Vertx vertx) {
        return new VertxEngine(vertx, CONNECT_TIMEOUT);
    }

    /** The same with another time-out for connecting; {@link HttpEngine#CONNECT_TIMEOUT} is the default. */
    public static VertxEngine on(Vertx vertx, Duration connectTimeout) {
        return new VertxEngine(vertx, connectTimeout);
    }

    private VertxEngine(Vertx vertx, Duration connectTimeout) {
        this.vertx = vertx;
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                .setPipelining(false)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setConnectTimeout((int) Math.min(Integer.MAX_VALUE, connectTimeout.toMillis()));
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX).setMaxWaitQueueSize(WAITING_MAX);
        this.pools = Stream.<HttpClient>generate(() -> vertx.createHttpClient(options, pool))
                .limit(1L + Math.min(LOOPS_MAX, Runtime.getRuntime().availableProcessors()))
                .toList();
    }

    /** The one of this event loop, which many loops share if they are too many; the first one is for all other threads. */
    private HttpClient pool() {
        Context here = Vertx.currentContext();
        if (here == null || here.owner() != vertx || !Context.isOnEventLoopThread()) {
            return pools.get(0);
        }
        Thread loop = Thread.currentThread();
        HttpClient known = poolsOfLoops.get(loop);
        if (known == null) {
            known = pools.get(1 + Math.floorMod(loops.getAndIncrement(), pools.size() - 1));
            poolsOfLoops.put(loop, known); // nobody else does it for this thread
        }
        return known;
    }

    @Override
    public Running send(Request request, Receiver receiver) {
        if (closed) {
            throw new IllegalStateException("This engine is closed; make another one");
        }
        Frame frame = request.body();
        // Before a connection is asked for: it would be held for ever for what turns out not to be writable.
        ByteBuffer[] body = frame == null ? NO_BODY : frame.parts();
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        request.headers().forEach(header -> headers.add(HeaderNames.of(header.name()), header.value()));
        RequestOptions options = to(request.uri())
                .setMethod(HttpMethod.valueOf(request.method()))
                .setFollowRedirects(false)
                .setHeaders(headers);
        underWay.incrementAndGet();
        VertxClientExchange exchange = new VertxClientExchange(body, receiver, this::ended);
        pool().request(options).onComplete(exchange::connected, exchange::failed);
        return exchange;
    }

    /** What Vert.x would find out by writing the address down and parsing it. */
    private static RequestOptions to(URI address) {
        if (address.getHost() == null) { // a name of no standard form, as my_server is; Vert.x takes it
            return new RequestOptions().setAbsoluteURI(address.toString());
        }
        boolean ssl = address.getScheme().equalsIgnoreCase("https");
        int standard = ssl ? 443 : 80;
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        return new RequestOptions()
                .setHost(address.getHost())
                .setPort(address.getPort() < 0 ? standard : address.getPort())
                .setSsl(ssl)
                .setURI(address.getRawQuery() == null ? path : path + '?' + address.getRawQuery());
    }

    private void ended() {
        if (underWay.decrementAndGet() == 0 && closed) {
            closePools();
        }
    }

    private void closePools() {
        pools.forEach(HttpClient::close);
    }

    @Override
    public Cancellation.Registration after(Duration delay, Runnable task) {
        long timer = vertx.setTimer(Math.max(1, delay.toMillis()), due -> {
            if (!closed) {
                task.run();
            }
        });
        return () -> vertx.cancelTimer(timer);
    }

    /** Vert.x's own shutdown would drop requests that wait for a connection, as the last ones of sessions do. */
    @Override
    public void close() {
        closed = true;
        if (underWay.get() == 0) {
            closePools();
        } else {
            vertx.setTimer(GRACE.toMillis(), late -> closePools());
        }
    }
}
