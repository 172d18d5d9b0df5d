package io.mcpgate.http.endpoint;

import io.mcpgate.Cancellation.Registration;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request without an engine, whose test decides what becomes of the answer. Its alarms never ring. */
final class BareExchange implements HttpExchange {
    final CompletableFuture<Integer> status = new CompletableFuture<>();
    final CompletableFuture<Map<String, String>> answered = new CompletableFuture<>();
    final StringBuffer written = new StringBuffer();
    volatile boolean ended;
    volatile boolean aborted;
    private final String method;
    private final Map<String, String> headers;
    private final String body;
    private final CompletableFuture<Void> taken;

    /**
     * A request.
     *
     * @param taken whether what is written on a stream is taken; {@code null} for an engine that has no streams
     */
    BareExchange(String method, Map<String, String> headers, String body, CompletableFuture<Void> taken) {
        this.method = method;
        this.headers = headers;
        this.body = body;
        this.taken = taken;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return "/mcp/up1";
    }

    @Override
    public Optional<String> query() {
        return Optional.empty();
    }

    @Override
    public List<String> headers(String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
        return List.copyOf(headers.entrySet());
    }

    @Override
    public Optional<InetAddress> localAddress() {
        return Optional.of(InetAddress.getLoopbackAddress());
    }

    @Override
    public void read(RequestBody whole) {
        whole.add(StandardCharsets.UTF_8.encode(body));
        whole.complete();
    }

    @Override
    public void respond(int code, Map<String, String> sent, ByteBuffer... parts) {
        write(parts);
        status.complete(code);
        answered.complete(sent);
    }

    private void write(ByteBuffer... parts) {
        for (ByteBuffer part : parts) {
            written.append(StandardCharsets.UTF_8.decode(part));
        }
    }

    @Override
    public Stream stream(int code, Map<String, String> sent) {
        if (taken == null) {
            throw new IllegalStateException("This engine has no streams");
        }
        status.complete(code);
        return new Stream() {
            @Override
            public CompletionStage<Void> write(ByteBuffer... parts) {
                BareExchange.this.write(parts);
                return taken;
            }

            @Override
            public void end() {
                ended = true;
            }

            @Override
            public void abort() {
                aborted = true;
            }
        };
    }

    @Override
    public void onGone(Runnable listener) {}

    @Override
    public Registration after(Duration delay, Runnable task) {
        return () -> {};
    }
}
