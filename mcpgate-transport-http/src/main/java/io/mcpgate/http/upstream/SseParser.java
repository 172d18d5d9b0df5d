package io.mcpgate.http.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code text/event-stream} as it comes in, in chunks of any size (WHATWG HTML, "Interpreting an event stream").
 *
 * <p>Lines end with LF, CR or CRLF in any mixture; a byte order mark at the very start is passed over; comments and
 * unknown fields are skipped without being held; an event that is not ended by a blank line is never given. Data is
 * given as bytes, because what reads it is strict about UTF-8 and this is not. Used by one thread after the other.
 */
final class SseParser {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int NAME_MAX = "event".length();
    private static final int VALUE_MAX = 1_024;
    private static final String DEFAULT_TYPE = "message";

    private final int eventBytesMax;
    private final Events events;

    private State state = State.MARK;
    private int marked; // bytes of the mark seen so far
    private boolean afterCarriageReturn;
    private Field field = Field.OTHER;
    private final Bytes name = new Bytes();
    private final Bytes value = new Bytes();
    private final Bytes data = new Bytes();
    private String type = "";
    private @Nullable String pendingId;
    private @Nullable String lastEventId;
    private long retryMillis = -1;

    /**
     * A parser at the start of a stream.
     *
     * @param eventBytesMax how many bytes of data one event may have
     */
    SseParser(int eventBytesMax, Events events) {
        this.eventBytesMax = eventBytesMax;
        this.events = events;
    }

    /** Takes the events. */
    @FunctionalInterface
    interface Events {
        /**
         * An event.
         *
         * @param type {@code message} unless the stream says otherwise
         * @param data never empty; the receiver's to keep
         */
        void event(String type, byte[] data) throws BadAnswer;
    }

    /** This stream goes on with an earlier one, behind the event of that id; it stays the last one's until another comes. */
    void resumedBehind(String eventId) {
        pendingId = eventId;
        lastEventId = eventId;
    }

    private enum State {
        MARK,
        LINE_START,
        NAME,
        VALUE_START,
        VALUE
    }

    private enum Field {
        DATA,
        EVENT,
        ID,
        RETRY,
        OTHER
    }

    /**
     * Reads a chunk.
     *
     * @throws BadAnswer if an event is too large, or its receiver does not want it; then the stream is of no more use
     */
    void feed(ByteBuffer chunk) throws BadAnswer {
        while (chunk.hasRemaining()) {
            if (state == State.VALUE) {
                copyValue(chunk);
            } else {
                step(chunk.get());
            }
        }
    }

    /** The id of the last event that had ended, to resume behind it. */
    Optional<String> lastEventId() {
        return Optional.ofNullable(lastEventId).filter(id -> !id.isEmpty());
    }

    /** How long the server wants its clients to wait before they reconnect. */
    OptionalLong retryMillis() {
        return retryMillis < 0 ? OptionalLong.empty() : OptionalLong.of(retryMillis);
    }

    private void step(byte b) throws BadAnswer {
        if (state == State.MARK && passOverMark(b)) {
            return;
        }
        if (b == '\n' && afterCarriageReturn) {
            afterCarriageReturn = false;
            return;
        }
        afterCarriageReturn = false;
        if (b == '\n' || b == '\r') {
            endLine(b);
            return;
        }
        switch (state) {
            case LINE_START, NAME -> nameByte(b);
            case VALUE_START -> {
                state = State.VALUE;
                if (b != ' ') { // one blank behind the colon belongs to the syntax
                    takeValue(ByteBuffer.wrap(new byte[] {b}), 1);
                }
            }
            default -> {} // only behind what was no byte order mark: a field that is ignored
        }
    }

    /** Whether the byte belongs to the mark. What only begins like one is the name of an unknown field. */
    private boolean passOverMark(byte b) {
        if (b == MARK[marked]) {
            marked++;
            if (marked == MARK.length) {
                state = State.LINE_START;
            }
            return true;
        }
        state = State.LINE_START;
        if (marked > 0) {
            ignoreLine();
        }
        return false;
    }

    private void ignoreLine() {
        field = Field.OTHER;
        state = State.VALUE;
    }

    private void nameByte(byte b) {
        if (b == ':') {
            field = fieldNamed();
            name.clear();
            state = State.VALUE_START;
        } else if (name.size() < NAME_MAX) {
            name.add(b);
            state = State.NAME;
        } else {
            name.clear();
            ignoreLine();
        }
    }

    /** A line that begins with a colon is a comment; its name is empty and so unknown. */
    private Field fieldNamed() {
        return switch (name.text()) {
            case "data" -> Field.DATA;
            case "event" -> Field.EVENT;
            case "id" -> Field.ID;
            case "retry" -> Field.RETRY;
            default -> Field.OTHER;
        };
    }

    private void copyValue(ByteBuffer chunk) throws BadAnswer {
        int start = chunk.position();
        int end = start;
        while (end < chunk.limit() && chunk.get(end) != '\n' && chunk.get(end) != '\r') {
            end++;
        }
        takeValue(chunk, end - start);
        chunk.position(end);
        if (chunk.hasRemaining()) {
            endLine(chunk.get());
        }
    }

    private void takeValue(ByteBuffer bytes, int length) throws BadAnswer {
        if (field == Field.DATA) {
            requireRoom(length);
            data.add(bytes, length);
        } else if (field != Field.OTHER) {
            if (value.size() + length > VALUE_MAX) {
                throw BadAnswer.tooLarge(VALUE_MAX);
            }
            value.add(bytes, length);
        }
    }

    private void requireRoom(int length) throws BadAnswer {
        if (length > eventBytesMax - data.size()) {
            throw BadAnswer.tooLarge(eventBytesMax);
        }
    }

    private void endLine(byte lineEnd) throws BadAnswer {
        afterCarriageReturn = lineEnd == '\r';
        if (state == State.LINE_START) {
            dispatch();
            return;
        }
        if (state == State.NAME) { // a line without a colon is a field without a value
            field = fieldNamed();
            name.clear();
        }
        endField();
        value.clear();
        field = Field.OTHER;
        state = State.LINE_START;
    }

    private void endField() throws BadAnswer {
        switch (field) {
            case DATA -> {
                requireRoom(1);
                data.add((byte) '\n');
            }
            case EVENT -> type = value.text();
            case ID -> {
                String id = value.text();
                pendingId = id.indexOf('\0') < 0 ? id : pendingId;
            }
            case RETRY -> retryMillis = millis(value.text());
            case OTHER -> {}
        }
    }

    private long millis(String digits) {
        boolean number =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Long.parseLong(digits) : retryMillis;
    }

    /** A blank line. An id counts even if the event has no data, which is how servers make a stream resumable early. */
    private void dispatch() throws BadAnswer {
        lastEventId = pendingId;
        String named = type.isEmpty() ? DEFAULT_TYPE : type;
        type = "";
        boolean due = data.size() > 1; // one byte is the line feed that is taken off again
        byte[] bytes = due ? data.firstBytes(data.size() - 1) : new byte[0];
        data.clear();
        if (due) {
            events.event(named, bytes);
        }
    }

    /** Bytes that grow. */
    private static final class Bytes {
        private static final int KEPT_MAX = 64 << 10;
        private byte[] array = new byte[16];
        private int size;

        void add(byte b) {
            grow(1);
            array[size++] = b;
        }

        void add(ByteBuffer bytes, int length) {
            grow(length);
            bytes.get(array, size, length);
            size += length;
        }

        private void grow(int more) {
            if (more > array.length - size) {
                array = Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * size, size + more)));
            }
        }

        int size() {
            return size;
        }

        byte[] firstBytes(int length) {
            return Arrays.copyOf(array, length);
        }

        String text() {
            return new String(array, 0, size, StandardCharsets.UTF_8);
        }

        /** One large event must not hold its memory for as long as the stream lives. */
        void clear() {
            size = 0;
            if (array.length > KEPT_MAX) {
                array = new byte[16];
            }
        }
    }
}
