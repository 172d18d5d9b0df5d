package io.mcpgate.http.servlet;

import io.mcpgate.Cancellation;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.http.endpoint.BodyRefused;
import io.mcpgate.http.endpoint.HttpExchange;
import io.mcpgate.http.endpoint.RequestBody;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request in a servlet container. */
final class ServletExchange implements HttpExchange {
    private final AsyncContext async;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final ScheduledExecutorService timer;
    private final Duration bodyTimeout;
    private final Cancellation clientGone = new Cancellation();
    private volatile @Nullable RequestBody reading;

    ServletExchange(
            AsyncContext async,
            HttpServletRequest request,
            HttpServletResponse response,
            ScheduledExecutorService timer,
            Duration bodyTimeout) {
        this.async = async;
        this.request = request;
        this.response = response;
        this.timer = timer;
        this.bodyTimeout = bodyTimeout;
        async.addListener(new Watch());
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        String path = request.getRequestURI();
        String context = request.getContextPath();
        return path.startsWith(context) ? path.substring(context.length()) : path;
    }

    @Override
    public Optional<String> query() {
        return Optional.ofNullable(request.getQueryString());
    }

    @Override
    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            headers(name).forEach(value -> all.add(Map.entry(name, value)));
        }
        return all;
    }

    @Override
    public Optional<InetAddress> localAddress() {
        String address = request.getLocalAddr();
        try {
            return address == null || address.isEmpty()
                    ? Optional.empty()
                    : Optional.of(InetAddress.getByName(address)); // an address, so nothing is looked up
        } catch (UnknownHostException noAddress) {
            return Optional.empty();
        }
    }

    @Override
    public void read(RequestBody body) {
        reading = body;
        body.announce(request.getContentLengthLong());
        if (!body.isOpen()) {
            return;
        }
        Registration alarm = after(bodyTimeout, () -> body.fail(BodyRefused.tooSlow()));
        body.onEnd(alarm::close);
        try {
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new BodyReader(in, body));
        } catch (IOException broken) {
            body.fail(broken);
        }
    }

    private boolean hasUnreadBody() {
        RequestBody body = reading;
        boolean isRead = body != null && body.isWhole();
        return !isRead && (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null);
    }

    @Override
    public void respond(int status, Map<String, String> headers, ByteBuffer... body) {
        long size = 0;
        for (ByteBuffer part : body) {
            size += part.remaining();
        }
        head(status, headers);
        if (status != 204) {
            response.setContentLengthLong(size);
        }
        if (hasUnreadBody()) {
            response.setHeader("Connection", "close");
        }
        BodyWriter writer = writer();
        if (size > 0) {
            writer.write(body);
        }
        writer.end();
    }

    private void head(int status, Map<String, String> headers) {
        response.setStatus(status);
        headers.forEach(response::setHeader);
    }

    private BodyWriter writer() {
        try {
            BodyWriter writer = new BodyWriter(async, response.getOutputStream(), clientGone::cancel);
            response.getOutputStream().setWriteListener(writer);
            return writer;
        } catch (IOException | IllegalStateException broken) {
            throw new IllegalStateException("The servlet must be registered with asynchronous support", broken);
        }
    }

    @Override
    public Stream stream(int status, Map<String, String> headers) {
        head(status, headers);
        BodyWriter writer = writer();
        return new Stream() {
            @Override
            public CompletionStage<Void> write(ByteBuffer... parts) {
                return writer.write(parts);
            }

            @Override
            public void end() {
                writer.end();
            }

            @Override
            public void abort() {
                writer.abort();
            }
        };
    }

    @Override
    public void onGone(Runnable listener) {
        clientGone.onCancel(listener);
    }

    @Override
    public Registration after(Duration delay, Runnable task) {
        try {
            Future<?> alarm = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> alarm.cancel(false);
        } catch (RejectedExecutionException destroyed) {
            return () -> {};
        }
    }

    /** Learns from the container that the client went away while nothing was read or written. */
    private final class Watch implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {
            clientGone.cancel();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
