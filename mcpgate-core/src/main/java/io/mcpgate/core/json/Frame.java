package io.mcpgate.core.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC message on its way out: a new envelope around a body whose bytes are not copied. Immutable.
 *
 * <p>Three parts, because a transport can write them one after the other: what stands before the body, the body, and
 * what stands behind it.
 */
public final class Frame {
    private static final byte[] CLOSE = {'}'};

    private final byte[] head;
    private final ByteBuffer body;
    private final byte[] tail;
    private final boolean listChanged;

    private Frame(byte[] head, ByteBuffer body, byte[] tail) {
        this(head, body, tail, false);
    }

    private Frame(byte[] head, ByteBuffer body, byte[] tail, boolean listChanged) {
        this.head = head;
        this.body = body;
        this.tail = tail;
        this.listChanged = listChanged;
    }

    /**
     * A request or, without an id, a notification.
     *
     * @param id the id on this connection
     * @param method the method
     * @param params the params; {@link Payload#empty()} if there are none
     */
    public static Frame request(@Nullable RequestId id, String method, Payload params) {
        StringBuilder head = requestHead(id, method);
        boolean listChanged = id == null && method.endsWith("/list_changed");
        if (params == Payload.empty()) { // absent as it came in, not made an empty object
            head.setLength(head.length() - 1);
            return new Frame(ascii(head), ByteBuffer.allocate(0), CLOSE, listChanged);
        }
        return new Frame(ascii(head.append("\"params\":")), params.json(), CLOSE, listChanged);
    }

    /**
     * A request or notification whose progress token is replaced. Everything else in the params stays as it was.
     *
     * @param raw the params, with a progress token in them
     * @param token what to write in its place
     */
    static Frame request(@Nullable RequestId id, String method, RawPayload raw, RequestId token) {
        StringBuilder head = requestHead(id, method).append("\"params\":");
        byte[] before = ascii(head);
        int tokenAt = raw.peek().tokenStart;
        byte[] replacement = ascii(write(token, new StringBuilder()));
        byte[] start = new byte[before.length + tokenAt + replacement.length];
        System.arraycopy(before, 0, start, 0, before.length);
        System.arraycopy(raw.bytes(), raw.start(), start, before.length, tokenAt);
        System.arraycopy(replacement, 0, start, before.length + tokenAt, replacement.length);
        int rest = raw.start() + raw.peek().tokenEnd;
        return new Frame(
                start, ByteBuffer.wrap(raw.bytes(), rest, raw.end() - rest).slice(), CLOSE);
    }

    /** The response that says how a call ended; the call was a request. */
    public static Frame response(RequestId id, Reply reply) {
        if (reply instanceof Reply.Complete complete) {
            return result(id, complete.result());
        }
        if (reply instanceof Reply.InputRequired asking) {
            return result(id, asking.result());
        }
        if (reply instanceof Reply.Failure failure) {
            return error(id, failure);
        }
        return result(id, Payload.empty());
    }

    private static Frame result(RequestId id, Payload result) {
        StringBuilder head = write(id, open().append("\"id\":")).append(",\"result\":");
        return new Frame(ascii(head), result.json(), CLOSE);
    }

    /** An error response; {@code null} stands for an id that could not be read. */
    public static Frame error(@Nullable RequestId id, Reply.Failure failure) {
        StringBuilder head = open().append("\"id\":");
        head = id == null ? head.append("null") : write(id, head);
        head.append(",\"error\":{\"code\":").append(failure.code()).append(",\"message\":");
        quote(failure.message(), head);
        Payload data = failure.data();
        if (data == null) {
            return new Frame(ascii(head.append("}}")), ByteBuffer.allocate(0), new byte[0]);
        }
        return new Frame(ascii(head.append(",\"data\":")), data.json(), new byte[] {'}', '}'});
    }

    private static StringBuilder open() {
        return new StringBuilder(96).append("{\"jsonrpc\":\"2.0\",");
    }

    private static StringBuilder requestHead(@Nullable RequestId id, String method) {
        StringBuilder head = open();
        if (id != null) {
            write(id, head.append("\"id\":")).append(',');
        }
        quote(method, head.append("\"method\":"));
        return head.append(',');
    }

    static StringBuilder write(RequestId id, StringBuilder out) {
        return id.isString() ? quote(id.text(), out) : out.append(id.text());
    }

    static StringBuilder quote(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        return out.append('"');
    }

    private static byte[] ascii(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether it tells that a list has changed. Whoever hears that lists anew, so several in a row say no more than one. */
    public boolean isListChanged() {
        return listChanged;
    }

    /**
     * Whether this one need not be sent, because {@code waiting}, of which nothing was sent yet, tells the same: that a list
     * has changed. Its receiver will list later than now, and so see what this one is about.
     */
    public boolean repeats(Frame waiting) {
        return listChanged
                && waiting.listChanged
                && Arrays.equals(head, waiting.head)
                && body.equals(waiting.body)
                && Arrays.equals(tail, waiting.tail);
    }

    /** The message's size in bytes. */
    public int size() {
        return head.length + body.remaining() + tail.length;
    }

    /** The parts in order, each with its own position; nothing is copied. */
    public ByteBuffer[] parts() {
        return new ByteBuffer[] {ByteBuffer.wrap(head), body.duplicate(), ByteBuffer.wrap(tail)};
    }

    /** The whole message in one array. */
    public byte[] toByteArray() {
        byte[] all = new byte[size()];
        System.arraycopy(head, 0, all, 0, head.length);
        body.duplicate().get(all, head.length, body.remaining());
        System.arraycopy(tail, 0, all, all.length - tail.length, tail.length);
        return all;
    }

    /**
     * The whole message on one line, as stdio and SSE need it. A raw line break in valid JSON is only ever space between
     * tokens, so a blank in its place changes nothing.
     */
    public byte[] toLine() {
        byte[] line = toByteArray();
        for (int i = 0; i < line.length; i++) {
            if (line[i] == '\n' || line[i] == '\r') {
                line[i] = ' ';
            }
        }
        return line;
    }

    /** Writes the whole message. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(toByteArray());
    }

    /** The size only. */
    @Override
    public String toString() {
        return "Frame[" + size() + " bytes]";
    }
}
