package io.mcpgate.http.servlet;

import io.mcpgate.http.endpoint.McpEndpoint;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An {@link McpEndpoint} in a servlet container. Asynchronous throughout: no thread of the container waits for a call, a
 * slow body or a slow reader.
 *
 * <pre>{@code
 * context.addServlet(new ServletHolder(new McpServlet(endpoint)), "/mcp/*"); // with asynchronous support, as is the default
 * }</pre>
 *
 * <p>Paths are compared without the context path and exactly as they were sent, whatever the container's mapping makes of
 * them. Sizes of headers, connections and their time-outs are the container's. It owns one daemon thread, a timer, from
 * {@code init} to {@code destroy}, which also closes the endpoint.
 */
public final class McpServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

    private final transient McpEndpoint endpoint;
    private final transient Duration bodyTimeout;
    private transient volatile @Nullable ScheduledThreadPoolExecutor timer;

    /** A servlet for {@code endpoint}; a body must come in within 30 s. */
    public McpServlet(McpEndpoint endpoint) {
        this(endpoint, BODY_TIMEOUT);
    }

    /** A servlet for {@code endpoint}, with another time for a body to come in. */
    public McpServlet(McpEndpoint endpoint, Duration bodyTimeout) {
        this.endpoint = endpoint;
        this.bodyTimeout = bodyTimeout;
    }

    @Override
    public void init() {
        ScheduledThreadPoolExecutor own = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "mcpgate-servlet-timer");
            thread.setDaemon(true);
            return thread;
        });
        own.setRemoveOnCancelPolicy(true); // most alarms never ring; keeping them until then would keep their requests
        timer = own;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        ScheduledThreadPoolExecutor alarms = timer;
        if (alarms == null) {
            throw new IllegalStateException("The container must call init() before it sends requests");
        }
        AsyncContext async = request.startAsync(request, response);
        async.setTimeout(0); // deadlines are the gateway's
        endpoint.handle(new ServletExchange(async, request, response, alarms, bodyTimeout));
    }

    @Override
    public void destroy() {
        endpoint.close();
        ScheduledThreadPoolExecutor alarms = timer;
        if (alarms != null) {
            alarms.shutdownNow();
        }
    }
}
