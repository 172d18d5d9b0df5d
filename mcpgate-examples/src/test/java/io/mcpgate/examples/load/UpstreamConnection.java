package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/** One client of {@link Upstream}: its requests as they come, and the answers that wait for it to read. */
final class UpstreamConnection implements HttpReader.Receiver {
    private static final byte[] JSON = ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ");
    private static final byte[] SESSION = ascii("\r\nMcp-Session-Id: ");
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] ACCEPTED = ascii("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] DELETED = ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] NO_STREAM =
            ascii("HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] PROGRESS = ascii(Fixture.PROGRESS);
    private static final Fixture LEGACY = Fixture.legacy();
    private static final Fixture MODERN = Fixture.modern();

    private final Upstream upstream;
    private final SelectionKey key;
    private final SocketChannel channel;
    private final HttpReader reader = HttpReader.ofRequests(this);
    private final Message message = new Message();
    private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
    private ByteBuffer out = ByteBuffer.allocate(1024);
    private byte[] body = new byte[1024];
    private int bodyBytes;

    UpstreamConnection(Upstream upstream, SelectionKey key) {
        this.upstream = upstream;
        this.key = key;
        this.channel = (SocketChannel) key.channel();
    }

    void feed(byte[] bytes, int count) {
        reader.feed(bytes, 0, count);
    }

    @Override
    public void head() {
        bodyBytes = 0;
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        if (bodyBytes + to - from > body.length) body = Arrays.copyOf(body, (bodyBytes + to - from) * 2);
        System.arraycopy(bytes, from, body, bodyBytes, to - from);
        bodyBytes += to - from;
    }

    @Override
    public void end() {
        try {
            switch (reader.method()) {
                case 'P' -> post();
                case 'D' -> send(ByteBuffer.wrap(DELETED));
                default -> get();
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone); // the selector's loop closes it
        }
    }

    private void get() throws IOException {
        String path = reader.path();
        if (path.equals("/count")) {
            String count = Long.toString(upstream.calls());
            send(ByteBuffer.wrap(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + count.length() + "\r\n\r\n" + count)));
        } else if (path.contains("stream")) {
            send(ProgressStream.head());
        } else {
            send(ByteBuffer.wrap(NO_STREAM));
        }
    }

    private void post() throws IOException {
        message.read(body, 0, bodyBytes);
        if (!message.id.present() || !message.method.present()) {
            send(ByteBuffer.wrap(ACCEPTED));
            return;
        }
        if (Fixture.counts(message)) {
            upstream.countCall();
            if (message.name.startsWith(PROGRESS)) {
                stream();
                return;
            }
        }
        answer(reader.isModern() || reader.path().contains("modern") ? MODERN : LEGACY);
    }

    private void answer(Fixture fixture) throws IOException {
        int tools = Fixture.counts(message) ? 0 : tools(reader.path());
        ByteBuffer json = room(fixture.bytes(message, tools) + 256);
        json.position(256); // the head is written when the length is known
        fixture.put(message, tools, json);
        int length = json.position() - 256;
        byte[] digits = ascii(Integer.toString(length));
        byte[] session = Fixture.initializes(message) ? ascii(upstream.newSession()) : null;
        int head =
                JSON.length + digits.length + HEAD_END.length + (session == null ? 0 : SESSION.length + session.length);
        json.position(256 - head);
        json.put(JSON).put(digits);
        if (session != null) json.put(SESSION).put(session);
        json.put(HEAD_END);
        json.position(256 - head).limit(256 + length);
        send(json);
    }

    /** One buffer for all answers of this connection, unless one of them still waits to be read. */
    private ByteBuffer room(int bytes) {
        if (!waiting.isEmpty() || out.capacity() < bytes) out = ByteBuffer.allocate(bytes);
        return out.clear();
    }

    private void stream() throws IOException {
        String[] words = message.name.toString().split("-", -1);
        ByteBuffer response = ByteBuffer.allocate(LEGACY.bytes(message, 0));
        LEGACY.put(message, 0, response);
        byte[] json = Arrays.copyOf(response.array(), response.position());
        ProgressStream events = ProgressStream.of(message, json, Integer.parseInt(words[1]));
        send(ProgressStream.head());
        if (words.length > 2) upstream.pace(new PacedEvents(this, events, Integer.parseInt(words[2])));
        else while (events.hasNext()) send(events.next());
    }

    private static int tools(String path) {
        int at = path.indexOf("tools-");
        return at < 0 ? 1 : Integer.parseInt(path.substring(at + "tools-".length()));
    }

    /** Writes it, or keeps it until the client has read what is before it. */
    void send(ByteBuffer bytes) throws IOException {
        if (waiting.isEmpty()) channel.write(bytes);
        if (!bytes.hasRemaining()) return;
        waiting.add(bytes);
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    void flush() throws IOException {
        while (!waiting.isEmpty()) {
            channel.write(waiting.peek());
            if (waiting.peek().hasRemaining()) return;
            waiting.remove();
        }
        key.interestOps(SelectionKey.OP_READ);
    }
}
