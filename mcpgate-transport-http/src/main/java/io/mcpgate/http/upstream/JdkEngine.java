package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import io.mcpgate.core.json.Frame;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine that needs nothing but the JDK: {@link HttpClient}, on threads that the engine owns. */
final class JdkEngine implements HttpEngine {
    private static final Logger LOG = LoggerFactory.getLogger(JdkEngine.class);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration THREAD_KEPT = Duration.ofSeconds(30);
    private static final AtomicInteger ENGINES = new AtomicInteger();

    private final String name;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timer;
    private final HttpClient client;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean closed;

    JdkEngine(Duration connectTimeout) {
        name = "mcpgate-http-" + ENGINES.incrementAndGet();
        int threads = Math.max(4, Runtime.getRuntime().availableProcessors());
        workers = new ThreadPoolExecutor(
                threads,
                threads,
                THREAD_KEPT.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // a few tasks for each exchange, and those are bounded
                daemons(name));
        workers.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, daemons(name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(workers)
                .build();
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** What the names of its threads begin with. */
    String name() {
        return name;
    }

    @Override
    public Running send(Request request, Receiver receiver) {
        if (closed) {
            throw new IllegalStateException("This engine is closed; make another one");
        }
        JdkExchange exchange = new JdkExchange(receiver);
        underWay.incrementAndGet();
        try {
            CompletableFuture<HttpResponse<Void>> response = client.sendAsync(request(request), exchange::answered);
            exchange.startedAs(response);
            response.whenComplete((ended, error) -> {
                if (error != null) {
                    receiver.failed(error);
                }
                ended();
            });
        } catch (RuntimeException refused) {
            ended();
            throw refused;
        }
        return exchange;
    }

    private void ended() {
        if (underWay.decrementAndGet() == 0 && closed) {
            endOnTimer();
        }
    }

    private static HttpRequest request(Request request) {
        Frame body = request.body();
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri())
                .method(
                        request.method(),
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        request.headers().forEach(header -> builder.header(header.name(), header.value()));
        return builder.build();
    }

    @Override
    public Cancellation.Registration after(Duration delay, Runnable task) {
        if (closed) {
            return () -> {};
        }
        Future<?> due = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    @Override
    public void close() {
        closed = true;
        if (underWay.get() == 0) {
            endOnTimer();
        } else {
            endAfter(GRACE);
        }
    }

    private void endAfter(Duration grace) {
        try {
            timer.schedule(this::end, grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException over) {
            LOG.trace("Closed already");
        }
    }

    /** The timer is the last to go: closing the client waits for its selector, and no other thread should. */
    private void endOnTimer() {
        endAfter(Duration.ZERO);
    }

    private void end() {
        if ((Object) client instanceof AutoCloseable closeable && underWay.get() == 0) { // from JDK 21
            try {
                closeable.close();
            } catch (Exception broken) {
                LOG.debug("The HTTP client did not close", broken);
            }
        }
        workers.shutdown();
        timer.shutdown();
    }
}
