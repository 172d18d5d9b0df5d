package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The answer to one call, and whether it is what the fixed server gives. For one thread; used again and again. */
final class Answer {
    private static final int PARSED_BYTES_MAX = 64 << 10;
    private static final int EDGE_BYTES = 256;
    private static final byte[] PROGRESS = ascii("notifications/progress");
    private static final byte[] RESULT = ascii("\"result\":");

    private final Conversation.Observer observer;
    private final EventReader eventReader = new EventReader(this::event);
    private final Message message = new Message();
    private byte[] id = {};
    private int eventsExpected;
    private int status;
    private boolean streamed;
    private byte[] body = new byte[1024];
    private int bodyBytes;
    private long bytes;
    private int events;
    private boolean answered;
    private String problem = "";

    Answer(Conversation.Observer observer) {
        this.observer = observer;
    }

    void expect(byte[] requestId, int eventCount) {
        id = requestId;
        eventsExpected = eventCount;
        bodyBytes = 0;
        bytes = 0;
        events = 0;
        answered = false;
        problem = "";
        eventReader.clear();
    }

    void begin(int httpStatus, boolean eventStream) {
        status = httpStatus;
        streamed = eventStream;
    }

    void body(byte[] part, int from, int to) {
        bytes += to - from;
        if (streamed) {
            eventReader.feed(part, from, to);
            return;
        }
        if (bodyBytes + to - from > body.length) body = Arrays.copyOf(body, (bodyBytes + to - from) * 2);
        System.arraycopy(part, from, body, bodyBytes, to - from);
        bodyBytes += to - from;
    }

    /** What is wrong with the whole answer; empty if nothing is. */
    String problem() {
        if (status != 200) return "status " + status + ": " + text(body, bodyBytes);
        if (!streamed) response(body, bodyBytes);
        if (problem.isEmpty() && !answered) problem = "the stream ended without a response";
        if (problem.isEmpty() && events != eventsExpected) problem = events + " events, and not " + eventsExpected;
        return problem;
    }

    long bytes() {
        return bytes;
    }

    int events() {
        return events;
    }

    private void event(byte[] data, int length) {
        if (length > PARSED_BYTES_MAX) {
            response(data, length);
            return;
        }
        message.read(data, 0, length);
        if (!message.method.present()) {
            response(data, length);
        } else if (message.method.is(PROGRESS)) {
            events++;
            if (!message.token.is(id)) problem = "progress of another call: " + text(data, length);
            else if (message.note.present()) observer.event(Long.parseLong(message.note.toString()));
        }
    }

    /** A large one is only looked at where it begins and ends: reading all of it would hide what is measured. */
    private void response(byte[] json, int length) {
        if (answered) problem = "a second answer";
        answered = true;
        if (length > PARSED_BYTES_MAX) {
            if (!(contains(json, 0, EDGE_BYTES, id) || contains(json, length - EDGE_BYTES, length, id))
                    || !contains(json, 0, EDGE_BYTES, RESULT)) problem = "a large answer to another call";
            return;
        }
        message.read(json, 0, length);
        if (!message.id.is(id) || !message.result.present() || message.failed)
            problem = "not the answer to " + text(id, id.length) + ": " + text(json, length);
    }

    private static boolean contains(byte[] text, int from, int to, byte[] part) {
        for (int at = from; at + part.length <= to; at++) {
            if (Arrays.equals(text, at, at + part.length, part, 0, part.length)) return true;
        }
        return false;
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, Math.min(length, 400), StandardCharsets.UTF_8);
    }
}
