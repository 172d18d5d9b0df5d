package io.mcpgate.http.upstream;

import io.mcpgate.Cancellation;
import java.time.Duration;

/** An engine whose clock is fast, for scenarios in which something waits before it tries again. */
record HurriedEngine(HttpEngine engine, int haste) implements HttpEngine {
    @Override
    public Running send(Request request, Receiver receiver) {
        return engine.send(request, receiver);
    }

    @Override
    public Cancellation.Registration after(Duration delay, Runnable task) {
        return engine.after(delay.dividedBy(haste), task);
    }

    @Override
    public void close() {
        engine.close();
    }
}
