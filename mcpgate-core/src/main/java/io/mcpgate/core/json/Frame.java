package io.mcpgate.core.json;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC message on its way out, for whatever transport: as bytes, which are a new envelope around a body that is not
 * copied, or as the {@link #message()} that it is, for stacks that have objects of their own. Immutable; the bytes are made
 * when somebody asks.
 *
 * <p>Bytes have three parts, because a transport can write them one after the other: what stands before the body, the body,
 * and what stands behind it.
 */
public final class Frame {
    private static final byte[] CLOSE = {'}'};
    private static final byte[] CLOSE_ERROR = {'}', '}'};

    private final Envelope message;
    private final @Nullable RequestId token; // stands in for the progress token of the message's own params
    private volatile @Nullable Parts written;

    private Frame(Envelope message, @Nullable RequestId token) {
        this.message = message;
        this.token = token;
    }

    @SuppressWarnings("ArrayRecordComponent") // they never leave this class
    private record Parts(byte[] head, ByteBuffer body, byte[] tail) {
        int size() {
            return head.length + body.remaining() + tail.length;
        }
    }

    /**
     * A request or, without an id, a notification.
     *
     * @param id the id on this connection
     * @param method the method
     * @param params the params; {@link Payload#empty()} if there are none
     */
    public static Frame request(@Nullable RequestId id, String method, Payload params) {
        return new Frame(new Envelope.Request(id, method, params), null);
    }

    /**
     * A request whose sender asked for progress, under another token. Everything else in the params stays as it was.
     *
     * @param params the params, with a progress token in them
     * @param token what to write in its place
     */
    public static Frame requestAsking(RequestId id, String method, Payload params, RequestId token) {
        return params instanceof RawPayload
                ? new Frame(new Envelope.Request(id, method, params), token)
                : request(id, method, Correlation.asking(params, token));
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
        return new Frame(new Envelope.Result(id, result), null);
    }

    /** An error response; {@code null} stands for an id that could not be read. */
    public static Frame error(@Nullable RequestId id, Reply.Failure failure) {
        return new Frame(new Envelope.Failed(id, failure.code(), failure.message(), failure.data()), null);
    }

    /** The message, as the other side would read it. */
    public Envelope message() {
        RequestId other = token;
        return other != null && message instanceof Envelope.Request request
                ? new Envelope.Request(request.id(), request.method(), Correlation.asking(request.params(), other))
                : message;
    }

    private Parts written() {
        Parts known = written;
        if (known == null) {
            known = write();
            written = known;
        }
        return known;
    }

    private Parts write() {
        if (message instanceof Envelope.Request request) {
            return write(request);
        }
        if (message instanceof Envelope.Result response) {
            StringBuilder head = write(response.id(), open().append("\"id\":")).append(",\"result\":");
            return new Parts(utf8(head), response.result().json(), CLOSE);
        }
        return write((Envelope.Failed) message);
    }

    private Parts write(Envelope.Request request) {
        StringBuilder head = requestHead(request.id(), request.method());
        Payload params = request.params();
        if (params == Payload.empty()) { // absent as it came in, not made an empty object
            head.setLength(head.length() - 1);
            return new Parts(utf8(head), ByteBuffer.allocate(0), CLOSE);
        }
        head.append("\"params\":");
        RequestId other = token;
        return other == null
                ? new Parts(utf8(head), params.json(), CLOSE)
                : spliced(utf8(head), (RawPayload) params, other);
    }

    private static Parts spliced(byte[] before, RawPayload raw, RequestId token) {
        int tokenAt = raw.peek().tokenStart;
        byte[] replacement = utf8(write(token, new StringBuilder()));
        byte[] start = new byte[before.length + tokenAt + replacement.length];
        System.arraycopy(before, 0, start, 0, before.length);
        System.arraycopy(raw.bytes(), raw.start(), start, before.length, tokenAt);
        System.arraycopy(replacement, 0, start, before.length + tokenAt, replacement.length);
        int rest = raw.start() + raw.peek().tokenEnd;
        return new Parts(
                start, ByteBuffer.wrap(raw.bytes(), rest, raw.end() - rest).slice(), CLOSE);
    }

    private static Parts write(Envelope.Failed failed) {
        StringBuilder head = open().append("\"id\":");
        RequestId id = failed.id();
        head = id == null ? head.append("null") : write(id, head);
        head.append(",\"error\":{\"code\":").append(failed.code()).append(",\"message\":");
        JsonText.quote(failed.message(), head);
        Payload data = failed.data();
        if (data == null) {
            return new Parts(utf8(head.append("}}")), ByteBuffer.allocate(0), new byte[0]);
        }
        return new Parts(utf8(head.append(",\"data\":")), data.json(), CLOSE_ERROR);
    }

    private static StringBuilder open() {
        return new StringBuilder(96).append("{\"jsonrpc\":\"2.0\",");
    }

    private static StringBuilder requestHead(@Nullable RequestId id, String method) {
        StringBuilder head = open();
        if (id != null) {
            write(id, head.append("\"id\":")).append(',');
        }
        JsonText.quote(method, head.append("\"method\":"));
        return head.append(',');
    }

    static StringBuilder write(RequestId id, StringBuilder out) {
        return id.isString() ? JsonText.quote(id.text(), out) : out.append(id.text());
    }

    private static byte[] utf8(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether it tells that a list has changed. Whoever hears that lists anew, so several in a row say no more than one. */
    public boolean isListChanged() {
        return message instanceof Envelope.Request request
                && request.id() == null
                && request.method().endsWith("/list_changed");
    }

    /**
     * Whether this one need not be sent, because {@code waiting}, of which nothing was sent yet, tells the same: that a list
     * has changed. Its receiver will list later than now, and so see what this one is about.
     */
    public boolean repeats(Frame waiting) {
        return isListChanged() && waiting.isListChanged() && Arrays.equals(parts(), waiting.parts());
    }

    /** The message's size in bytes. */
    public int size() {
        return written().size();
    }

    /** The parts in order, each with its own position; nothing is copied. */
    public ByteBuffer[] parts() {
        Parts parts = written();
        return new ByteBuffer[] {ByteBuffer.wrap(parts.head), parts.body.duplicate(), ByteBuffer.wrap(parts.tail)};
    }

    /** The whole message in one array. */
    public byte[] toByteArray() {
        Parts parts = written();
        byte[] all = new byte[parts.size()];
        System.arraycopy(parts.head, 0, all, 0, parts.head.length);
        parts.body.duplicate().get(all, parts.head.length, parts.body.remaining());
        System.arraycopy(parts.tail, 0, all, all.length - parts.tail.length, parts.tail.length);
        return all;
    }

    /**
     * The whole message on one line, as stdio and SSE need it. A raw line break in valid JSON is only ever space between
     * tokens, so a blank in its place changes nothing.
     */
    public byte[] toLine() {
        byte[] line = toByteArray();
        LineBreaks.blank(line);
        return line;
    }

    /** What kind of message; never a body. */
    @Override
    public String toString() {
        return "Frame[" + message.getClass().getSimpleName() + "]";
    }
}
