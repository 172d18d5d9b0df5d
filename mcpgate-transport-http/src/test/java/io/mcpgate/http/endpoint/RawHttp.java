package io.mcpgate.http.endpoint;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** HTTP/1.1 on a bare socket, so that a test can send what no client library would. */
final class RawHttp implements AutoCloseable {
    private static final int PORTION = 64 << 10;

    final Socket socket;
    private final InputStream in;
    private final StringBuilder events = new StringBuilder();
    private boolean chunked;
    private int length;
    private boolean behindChunk;
    private int comments;
    private Duration pause = Duration.ZERO;

    RawHttp(int port) {
        this(port, 0);
    }

    /** A connection that takes in only so many bytes before they are read, if it is not zero. */
    RawHttp(int port, int receiveBufferBytes) {
        try {
            socket = new Socket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.setSoTimeout(10_000);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Reads from now on with a pause behind every 64 KiB, and behind what is shorter. */
    RawHttp pausing(Duration behindEach) {
        pause = behindEach;
        return this;
    }

    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    RawHttp send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawHttp send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Status and headers; the body follows. */
    Answer head() {
        String[] lines = line().split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        chunked = headers.getOrDefault("transfer-encoding", "").equals("chunked");
        length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Answer(Integer.parseInt(lines[1]), headers, "");
    }

    Answer answer() {
        Answer head = head();
        StringBuilder body = new StringBuilder();
        if (chunked) {
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
        } else if (head.status() != 204) {
            body.append(body());
        }
        return new Answer(head.status(), head.headers(), body.toString());
    }

    /** The body whose head was read, which said how long it is. */
    String body() {
        return bytes(length);
    }

    /** One event, as the fields that it has. */
    record Event(String id, String data, String retry) {
        boolean isPriming() {
            return !id.isEmpty() && data.isEmpty();
        }
    }

    /** The data of the next event with data; comments are passed over; {@code null} at the end of the stream. */
    String event() {
        Event next = next();
        while (next != null && next.data().isEmpty()) {
            next = next();
        }
        return next == null ? null : next.data();
    }

    /** The next block that is no comment; {@code null} at the end of the stream. */
    Event next() {
        while (true) {
            int end = events.indexOf("\n\n");
            if (end >= 0) {
                String event = events.substring(0, end);
                events.delete(0, end + 2);
                if (!event.startsWith(":")) {
                    return parse(event);
                }
                comments++;
            } else {
                String more = chunk();
                if (more.isEmpty()) {
                    return null;
                }
                events.append(more);
            }
        }
    }

    /** How many comments were passed over. */
    int comments() {
        return comments;
    }

    private static Event parse(String event) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : event.split("\n", -1)) {
            String[] field = line.split(": ", 2);
            if (field.length != 2 || fields.put(field[0], field[1]) != null) {
                throw new AssertionError("Not an event: " + event);
            }
        }
        boolean message = !fields.getOrDefault("data", "").isEmpty();
        if (message != "message".equals(fields.get("event"))
                || !List.of("event", "id", "data", "retry").containsAll(fields.keySet())) {
            throw new AssertionError("Not an event: " + event);
        }
        return new Event(
                fields.getOrDefault("id", ""), fields.getOrDefault("data", ""), fields.getOrDefault("retry", ""));
    }

    /** Whether the server ends the connection, and how much it sent before. */
    boolean isClosedByServer() {
        try {
            while (in.read() >= 0) {
                // what it still has to say
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** An engine may send the line end behind a chunk together with the next chunk, so nothing waits for it. */
    private String chunk() {
        if (behindChunk) {
            line();
        }
        int size = Integer.parseInt(line().strip(), 16);
        String chunk = bytes(size);
        behindChunk = size > 0;
        if (size == 0) {
            line();
        }
        return chunk;
    }

    private String bytes(int count) {
        try {
            byte[] bytes = new byte[count];
            for (int read = 0; read < count; ) {
                int more = in.readNBytes(bytes, read, Math.min(PORTION, count - read));
                if (more == 0) {
                    throw new EOFException();
                }
                read += more;
                LockSupport.parkNanos(pause.toNanos());
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String line() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("The connection has ended");
                }
                if (c != '\r') {
                    line.write(c);
                }
            }
            return line.toString(StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // it is closed, which is what was wanted
        }
    }

    /** Closes with a reset, as a killed client does. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
