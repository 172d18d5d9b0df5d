package io.mcpgate.examples.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads HTTP/1.1 messages of one connection from bytes as they come, requests or responses: a length, chunks, or until the
 * end. For one thread.
 */
final class HttpReader {
    private static final int HEAD_BYTES_MAX = 64 << 10;

    /** Who is told of a message as it comes. */
    interface Receiver {
        /** The head is complete; the reader's accessors tell of it. */
        void head();

        /** A part of the body, only valid during the call. */
        void body(byte[] bytes, int from, int to);

        /** The message is complete. */
        void end();
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        UNTIL_CLOSE
    }

    private final boolean responses;
    private final Receiver receiver;
    private State state = State.HEAD;
    private byte[] head = new byte[1024];
    private int headBytes;
    private int firstLineEnd;
    private long left;
    private int lineBytes;

    private long contentLength;
    private boolean chunked;
    private boolean eventStream;
    private boolean closing;
    private boolean modern;
    private int sessionFrom;
    private int sessionTo;

    private HttpReader(boolean responses, Receiver receiver) {
        this.responses = responses;
        this.receiver = receiver;
    }

    static HttpReader ofRequests(Receiver receiver) {
        return new HttpReader(false, receiver);
    }

    static HttpReader ofResponses(Receiver receiver) {
        return new HttpReader(true, receiver);
    }

    /** Whether nothing of a message has come. */
    boolean betweenMessages() {
        return state == State.HEAD && headBytes == 0;
    }

    /** The first byte of a request's method. */
    byte method() {
        return head[0];
    }

    /** The path of a request. */
    String path() {
        String line = new String(head, 0, firstLineEnd, StandardCharsets.ISO_8859_1);
        int from = line.indexOf(' ') + 1;
        return line.substring(from, line.indexOf(' ', from));
    }

    /** The status of a response. */
    int status() {
        return (head[9] - '0') * 100 + (head[10] - '0') * 10 + head[11] - '0';
    }

    boolean isEventStream() {
        return eventStream;
    }

    /** Whether the connection ends with this message. */
    boolean isClosing() {
        return closing;
    }

    /** Whether the header says 2026-07-28. */
    boolean isModern() {
        return modern;
    }

    /** The header {@code Mcp-Session-Id}, or an empty text. */
    String session() {
        return new String(head, sessionFrom, sessionTo - sessionFrom, StandardCharsets.ISO_8859_1);
    }

    /** The whole head, for messages about it. */
    String headText() {
        return new String(head, 0, headBytes, StandardCharsets.ISO_8859_1);
    }

    void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            switch (state) {
                case HEAD -> at = feedHead(bytes, at, to);
                case LENGTH -> at = feedBody(bytes, at, to, State.HEAD);
                case CHUNK -> at = feedBody(bytes, at, to, State.CHUNK_END);
                case UNTIL_CLOSE -> {
                    receiver.body(bytes, at, to);
                    at = to;
                }
                default -> feedFraming(bytes[at++]);
            }
        }
    }

    /** The connection has ended; whether that was an end and not a break. */
    boolean finish() {
        if (state == State.UNTIL_CLOSE) {
            end();
            return true;
        }
        return betweenMessages();
    }

    private int feedHead(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte next = bytes[at++];
            if (headBytes == head.length) grow();
            head[headBytes++] = next;
            if (next == '\n' && headBytes >= 4 && head[headBytes - 2] == '\r' && head[headBytes - 3] == '\n') {
                readHead();
                begin();
                return at;
            }
        }
        return at;
    }

    private void grow() {
        if (head.length >= HEAD_BYTES_MAX) throw new IllegalStateException("A head of more than 64 KiB");
        head = Arrays.copyOf(head, head.length * 2);
    }

    private void begin() {
        if (responses && status() < 200) {
            headBytes = 0;
            return;
        }
        receiver.head();
        boolean empty = responses && (status() == 204 || status() == 304);
        if (chunked) {
            left = 0;
            state = State.CHUNK_SIZE;
        } else if (contentLength > 0) {
            left = contentLength;
            state = State.LENGTH;
        } else if (responses && contentLength < 0 && !empty) {
            state = State.UNTIL_CLOSE;
        } else {
            end();
        }
    }

    private int feedBody(byte[] bytes, int from, int to, State then) {
        int part = (int) Math.min(left, to - from);
        receiver.body(bytes, from, from + part);
        left -= part;
        if (left == 0) {
            if (then == State.HEAD) end();
            else state = then;
        }
        return from + part;
    }

    private void feedFraming(byte next) {
        switch (state) {
            case CHUNK_SIZE -> {
                int digit = Character.digit(next, 16);
                if (digit >= 0) left = left * 16 + digit;
                else if (next == '\n') {
                    lineBytes = 0;
                    state = left == 0 ? State.TRAILER : State.CHUNK;
                } else if (next != '\r') throw new IllegalStateException("A chunk's size is no number");
            }
            case CHUNK_END -> {
                if (next == '\n') {
                    left = 0;
                    state = State.CHUNK_SIZE;
                }
            }
            default -> { // of the trailer
                if (next == '\n' && lineBytes == 0) end();
                else if (next == '\n') lineBytes = 0;
                else if (next != '\r') lineBytes++;
            }
        }
    }

    private void end() {
        state = State.HEAD;
        receiver.end();
        headBytes = 0;
    }

    private void readHead() {
        contentLength = -1;
        chunked = false;
        eventStream = false;
        closing = false;
        modern = false;
        sessionFrom = 0;
        sessionTo = 0;
        firstLineEnd = lineEnd(0);
        for (int at = firstLineEnd + 2; head[at] != '\r'; ) {
            int to = lineEnd(at);
            readField(at, to);
            at = to + 2;
        }
    }

    private int lineEnd(int from) {
        int at = from;
        while (head[at] != '\r') at++;
        return at;
    }

    private void readField(int from, int to) {
        int colon = from;
        while (colon < to && head[colon] != ':') colon++;
        int value = colon + 1;
        while (value < to && head[value] == ' ') value++;
        switch (colon - from) { // few names have these lengths, so most fields are not decoded
            case 10 -> {
                if (named("connection", from)) closing = text(value, to).contains("close");
            }
            case 12 -> {
                if (named("content-type", from)) eventStream = text(value, to).startsWith("text/event-stream");
            }
            case 14 -> {
                if (named("content-length", from)) contentLength = Long.parseLong(text(value, to));
                else if (named("mcp-session-id", from)) {
                    sessionFrom = value;
                    sessionTo = to;
                }
            }
            case 17 -> {
                if (named("transfer-encoding", from)) chunked = text(value, to).contains("chunked");
            }
            case 20 -> {
                if (named("mcp-protocol-version", from))
                    modern = text(value, to).equals("2026-07-28");
            }
            default -> {}
        }
    }

    private boolean named(String name, int from) {
        for (int i = 0; i < name.length(); i++) {
            if ((head[from + i] | 0x20) != name.charAt(i) && head[from + i] != name.charAt(i)) return false;
        }
        return true;
    }

    private String text(int from, int to) {
        return new String(head, from, to - from, StandardCharsets.ISO_8859_1)
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
