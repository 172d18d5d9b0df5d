package io.mcpgate.http.endpoint;

import io.mcpgate.Reply;
import io.mcpgate.core.json.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers one exchange, once, with the headers that all answers have. */
final class Responder {
    private static final String CHALLENGE = "Bearer realm=\"mcpgate\"";

    private final HttpExchange exchange;
    private final Map<String, String> always;
    private final Runnable onAnswered;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * For one exchange.
     *
     * @param always further headers of each answer
     * @param onAnswered runs once when there is nothing left to do for the client
     */
    Responder(HttpExchange exchange, Map<String, String> always, Runnable onAnswered) {
        this.exchange = exchange;
        this.always = always;
        this.onAnswered = onAnswered;
    }

    void refuse(Refusal refusal) {
        Reply.Failure failure = refusal.failure();
        if (failure == null) {
            empty(refusal.status(), refusal.headers());
        } else {
            json(refusal.status(), Frame.error(refusal.id(), failure), refusal.headers());
        }
    }

    void empty(int status, Map<String, String> further) {
        respond(status, headers(status, further));
    }

    void json(int status, Frame frame, Map<String, String> further) {
        json(status, further, frame.parts());
    }

    /** Several messages, as one array. */
    void json(List<Frame> frames) {
        List<ByteBuffer> parts = new ArrayList<>();
        for (Frame frame : frames) {
            parts.add(ascii(parts.isEmpty() ? "[" : ","));
            parts.addAll(List.of(frame.parts()));
        }
        parts.add(ascii("]"));
        json(200, Map.of(), parts.toArray(ByteBuffer[]::new));
    }

    private void json(int status, Map<String, String> further, ByteBuffer... body) {
        Map<String, String> headers = headers(status, further);
        headers.put("Content-Type", "application/json");
        respond(status, headers, body);
    }

    private void respond(int status, Map<String, String> headers, ByteBuffer... body) {
        if (begun.compareAndSet(false, true)) {
            exchange.respond(status, headers, body);
        }
        answered();
    }

    /** Nothing is left to do; a stream tells it here. */
    void answered() {
        if (answered.compareAndSet(false, true)) {
            onAnswered.run();
        }
    }

    HttpExchange.Stream events(Map<String, String> further) {
        Map<String, String> headers = headers(200, further);
        headers.put("Content-Type", "text/event-stream");
        headers.put("Cache-Control", "no-cache, no-transform");
        headers.put("X-Accel-Buffering", "no");
        begun.set(true);
        return exchange.stream(200, headers);
    }

    private Map<String, String> headers(int status, Map<String, String> further) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Cache-Control", "no-store");
        if (status == 401) {
            headers.put("WWW-Authenticate", CHALLENGE);
        }
        headers.putAll(always);
        headers.putAll(further);
        return headers;
    }

    static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
