package io.mcpgate.core.json;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A slice of a message's bytes, as it came in and was found well-formed. Parsed at most once, when somebody asks. */
public final class RawPayload implements Payload {
    private static final Object UNREAD = new Object();

    private final JsonReader reader;
    private final byte[] bytes;
    private final int start;
    private final int end;
    private final Peek peek;
    private volatile @Nullable Object value = UNREAD;

    RawPayload(JsonReader reader, byte[] bytes, int start, int end, Peek peek) {
        this.reader = reader;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.peek = peek;
    }

    @Override
    public @Nullable Object value() {
        Object known = value;
        if (known == UNREAD) {
            known = JsonTree.read(reader, bytes, start, end);
            value = known;
        }
        return known;
    }

    @Override
    public ByteBuffer json() {
        return ByteBuffer.wrap(bytes, start, end - start).slice().asReadOnlyBuffer();
    }

    @Override
    public int size() {
        return end - start;
    }

    @Override
    public Optional<String> string(String... path) {
        return switch (path.length) {
            case 1 ->
                switch (path[0]) {
                    case "name" -> Optional.ofNullable(peek.name);
                    case "uri" -> Optional.ofNullable(peek.uri);
                    case "taskId" -> Optional.ofNullable(peek.taskId);
                    case "resultType" -> Optional.ofNullable(peek.resultType);
                    case "protocolVersion" -> Optional.ofNullable(peek.protocolVersion);
                    default -> Payload.super.string(path);
                };
            case 2 -> nested(path);
            default -> Payload.super.string(path);
        };
    }

    private Optional<String> nested(String[] path) {
        if (path[0].equals("_meta") && path[1].equals(JsonReader.META_PROTOCOL_VERSION)) {
            return Optional.ofNullable(peek.metaProtocolVersion);
        }
        if (!path[0].equals("ref")) {
            return Payload.super.string(path);
        }
        return switch (path[1]) {
            case "type" -> Optional.ofNullable(peek.refType);
            case "name" -> Optional.ofNullable(peek.refName);
            case "uri" -> Optional.ofNullable(peek.refUri);
            default -> Payload.super.string(path);
        };
    }

    /**
     * The same body with another {@code progressToken}, as notifications of progress have one; nothing else of it changes.
     * Empty if its place is not known.
     */
    Optional<RawPayload> underToken(RequestId token) {
        if (peek.progressToken == null || peek.metaProgressToken != null) {
            return Optional.empty();
        }
        byte[] text = Frame.write(token, new StringBuilder()).toString().getBytes(StandardCharsets.UTF_8);
        byte[] changed = new byte[size() + text.length - (peek.tokenEnd - peek.tokenStart)];
        int behind = peek.tokenStart + text.length;
        System.arraycopy(bytes, start, changed, 0, peek.tokenStart);
        System.arraycopy(text, 0, changed, peek.tokenStart, text.length);
        System.arraycopy(bytes, start + peek.tokenEnd, changed, behind, changed.length - behind);
        return Optional.of(new RawPayload(reader, changed, 0, changed.length, peek.underToken(token, text.length)));
    }

    /** The same body without anything of the message around it, for who keeps many, or each for long. */
    public RawPayload alone() {
        return size() == bytes.length
                ? this
                : new RawPayload(reader, Arrays.copyOfRange(bytes, start, end), 0, size(), peek);
    }

    JsonReader reader() {
        return reader;
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    Peek peek() {
        return peek;
    }

    /** Whether this is a tool's result that says it is an error. */
    public boolean isError() {
        return peek.isError;
    }

    /** Whether {@code _meta} says which revision the sender speaks and what it can do, as 2026-07-28 requires. */
    public boolean describesItself() {
        return peek.metaProtocolVersion != null && peek.declaresCapabilities;
    }

    /** Whether {@code _meta} says that the sender can do something at all. */
    public boolean declaresSomeCapability() {
        return peek.declaresSomeCapability;
    }

    /** Whether there is an object {@code task}, as in a result of 2025-11-25 that stands for one to come. */
    public boolean holdsTask() {
        return peek.holdsTask;
    }

    /** The size only: payloads hold what must not reach a log. */
    @Override
    public String toString() {
        return "Payload[" + size() + " bytes]";
    }
}
