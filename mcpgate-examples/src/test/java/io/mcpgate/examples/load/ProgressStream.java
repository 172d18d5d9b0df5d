package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The events of one answer: so many notifications of progress, each with the time at which it was written, and the response.
 * Each event is one chunk and is written by itself, as a server does that makes progress.
 */
final class ProgressStream {
    private static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n");

    private final String token;
    private final byte[] response;
    private final int events;
    private int sent;

    private ProgressStream(String token, byte[] response, int events) {
        this.token = token;
        this.response = response;
        this.events = events;
    }

    static ByteBuffer head() {
        return ByteBuffer.wrap(HEAD);
    }

    /** For a request that carries a token, answered by that JSON. */
    static ProgressStream of(Message request, byte[] response, int events) {
        return new ProgressStream(request.token.present() ? request.token.toString() : "0", response, events);
    }

    boolean hasNext() {
        return sent <= events;
    }

    /** The next event; after the last one, the response and the end of the body. */
    ByteBuffer next() {
        if (++sent > events) return chunk(new String(response, StandardCharsets.US_ASCII), "0\r\n\r\n");
        return chunk(notification(token, sent, events), "");
    }

    /** A notification as JSON. The clock is the machine's: monotonic, and the same for all processes. */
    static String notification(String token, int number, int total) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":" + token
                + ",\"progress\":" + number + ",\"total\":" + total + ",\"message\":\"" + System.nanoTime() + "\"}}";
    }

    private static ByteBuffer chunk(String json, String end) {
        String event = "event: message\ndata: " + json + "\n\n";
        return ByteBuffer.wrap(ascii(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n" + end));
    }
}
