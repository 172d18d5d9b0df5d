package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** One connection of the client with a session of its own, and at most one request under way. */
final class Conversation implements HttpReader.Receiver {
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                    + "\"capabilities\":{},\"clientInfo\":{\"name\":\"load\",\"version\":\"1\"}}}";
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    private enum State {
        INITIALIZING,
        INITIALIZED,
        READY,
        CALLING,
        OPENING_STREAM,
        STREAMING,
        LEAVING,
        GONE
    }

    /** Who is told what becomes of it. All in the one thread of the loop. */
    interface Observer {
        /** A session is open. */
        void ready(Conversation conversation);

        /** A call was answered rightly. */
        void answered(Conversation conversation, long bodyBytes, int events);

        /** An event has come, which the server wrote at that time. */
        void event(long writtenNanos);

        /** Nothing more will come of it, as was wanted. */
        void left();

        /** An answer is wrong, or the connection broke: nothing more will come of it. */
        void wrong(String problem);
    }

    private final Job job;
    private final int number;
    private final Observer observer;
    private final HttpReader reader = HttpReader.ofResponses(this);
    private final Answer answer;
    private final List<EncodedCall> calls = new ArrayList<>();
    private final byte[] id = EncodedCall.room();
    private SelectionKey key;
    private SocketChannel channel;
    private ByteBuffer unsent;
    private State state = State.INITIALIZING;
    private String session = "";
    private long ids = EncodedCall.FIRST_ID;

    /** When the call under way was meant to be sent. */
    long intendedNanos;

    Conversation(Job job, int number, Observer observer) {
        this.job = job;
        this.number = number;
        this.observer = observer;
        this.answer = new Answer(observer);
    }

    void connect(Selector selector) throws IOException {
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), job.port()));
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
        initialize();
    }

    /** Opens a session, which takes the place of the one before. */
    void initialize() throws IOException {
        state = State.INITIALIZING;
        session = "";
        send(post(INITIALIZE));
    }

    /** Makes the next call; only when ready. */
    void call(long intended) throws IOException {
        if (calls.isEmpty()) encodeCalls();
        EncodedCall next = calls.get((int) (ids % calls.size()));
        EncodedCall.digits(++ids, id);
        intendedNanos = intended;
        state = State.CALLING;
        answer.expect(id, next.events);
        send(ByteBuffer.wrap(next.with(id)));
    }

    private void encodeCalls() {
        if (job.task() == Job.Task.LIST) {
            calls.add(EncodedCall.ofList(headers("POST")));
            return;
        }
        List<String> tools = job.tools();
        for (int i = number % tools.size(); i < tools.size(); i += job.connections()) {
            calls.add(EncodedCall.of(headers("POST"), tools.get(i)));
        }
    }

    /** Opens the event stream of the session. */
    void openStream() throws IOException {
        state = State.OPENING_STREAM;
        send(ByteBuffer.wrap(ascii(headers("GET") + "\r\n")));
    }

    /** Ends the session, if there is one, and the connection. */
    void leave() throws IOException {
        if (session.isEmpty() || state == State.STREAMING) {
            gone();
            return;
        }
        state = State.LEAVING;
        send(ByteBuffer.wrap(ascii(headers("DELETE") + "Content-Length: 0\r\n\r\n")));
    }

    private ByteBuffer post(String json) {
        return ByteBuffer.wrap(ascii(headers("POST") + "Content-Length: " + json.length() + "\r\n\r\n" + json));
    }

    private String headers(String method) {
        StringBuilder head = new StringBuilder(method)
                .append(' ')
                .append(job.paths().get(number % job.paths().size()))
                .append(" HTTP/1.1\r\nHost: 127.0.0.1:")
                .append(job.port())
                .append("\r\nAccept: ")
                .append(method.equals("GET") ? "text/event-stream" : "application/json, text/event-stream")
                .append("\r\n");
        if (method.equals("POST")) head.append("Content-Type: application/json\r\n");
        if (!job.keys().isEmpty()) {
            head.append("Authorization: Bearer ")
                    .append(job.keys().get(number % job.keys().size()))
                    .append("\r\n");
        }
        if (state != State.INITIALIZING) head.append("MCP-Protocol-Version: 2025-11-25\r\n");
        if (!session.isEmpty()) head.append("Mcp-Session-Id: ").append(session).append("\r\n");
        return head.toString();
    }

    private void send(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
        if (!bytes.hasRemaining()) return;
        unsent = bytes;
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    /** Goes on with a request that did not fit into the socket. */
    void flush() throws IOException {
        if (unsent == null) return;
        channel.write(unsent);
        if (unsent.hasRemaining()) return;
        unsent = null;
        key.interestOps(SelectionKey.OP_READ);
    }

    /** What has come; a negative number of bytes for the end. */
    void received(byte[] bytes, int count) throws IOException {
        if (count >= 0) {
            reader.feed(bytes, 0, count);
        } else if (state == State.LEAVING) {
            gone();
        } else {
            boolean whole = reader.finish();
            broken("the connection was closed " + (whole ? "between two messages" : "within a message"));
        }
    }

    @Override
    public void head() {
        switch (state) {
            case CALLING -> answer.begin(reader.status(), reader.isEventStream());
            case OPENING_STREAM -> {
                if (reader.status() == 200 && reader.isEventStream()) {
                    state = State.STREAMING;
                    observer.ready(this);
                } else broken("no stream but " + reader.headText());
            }
            default -> {}
        }
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        if (state == State.CALLING) answer.body(bytes, from, to);
    }

    @Override
    public void end() {
        try {
            switch (state) {
                case INITIALIZING -> initialized();
                case INITIALIZED -> {
                    if (reader.status() / 100 == 2) ready();
                    else broken("the session was refused: " + reader.headText());
                }
                case CALLING -> {
                    String problem = answer.problem();
                    if (problem.isEmpty()) {
                        state = State.READY;
                        observer.answered(this, answer.bytes(), answer.events());
                    } else broken(problem);
                }
                case LEAVING -> gone();
                default -> broken("a message that nobody waits for: " + reader.headText());
            }
        } catch (IOException problem) {
            broken(problem.toString());
        }
    }

    private void initialized() throws IOException {
        if (reader.status() != 200) {
            broken("initialize was refused: " + reader.headText());
            return;
        }
        session = reader.session();
        state = State.INITIALIZED;
        send(post(INITIALIZED));
    }

    private void ready() {
        state = State.READY;
        observer.ready(this);
    }

    private void broken(String problem) {
        if (state == State.GONE) return;
        close();
        observer.wrong("connection " + number + ": " + problem);
    }

    private void gone() {
        close();
        observer.left();
    }

    /** Ends the connection without a word. */
    void close() {
        state = State.GONE;
        if (channel == null) return;
        try {
            channel.close();
        } catch (IOException alreadyClosed) {
            // as it should be
        }
    }
}
