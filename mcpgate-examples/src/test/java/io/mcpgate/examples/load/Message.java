package io.mcpgate.examples.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the harness has to know of one JSON-RPC message, as places in its bytes: they are compared and copied, never
 * decoded. For one thread; used again and again.
 */
final class Message {
    private static final byte[] ID = ascii("id");
    private static final byte[] METHOD = ascii("method");
    private static final byte[] PARAMS = ascii("params");
    private static final byte[] RESULT = ascii("result");
    private static final byte[] NAME = ascii("name");
    private static final byte[] META = ascii("_meta");
    private static final byte[] TOKEN = ascii("progressToken");
    private static final byte[] NOTE = ascii("message");
    private static final byte[] IS_ERROR = ascii("isError");
    private static final byte[] TRUE = ascii("true");

    private final Members members = new Members();
    private final Members inner = new Members();

    /** A value's place, without the quotes of a string where those are of no use. */
    static final class Slice {
        private byte[] text = {};
        private int from;
        private int to;

        private void clear() {
            from = -1;
            to = -1;
        }

        private void set(byte[] json, int begin, int end) {
            text = json;
            from = begin;
            to = end;
        }

        boolean present() {
            return from >= 0;
        }

        boolean is(byte[] expected) {
            return present() && Arrays.equals(text, from, to, expected, 0, expected.length);
        }

        boolean startsWith(byte[] expected) {
            return present()
                    && to - from >= expected.length
                    && Arrays.equals(text, from, from + expected.length, expected, 0, expected.length);
        }

        int length() {
            return to - from;
        }

        void putInto(ByteBuffer out) {
            out.put(text, from, to - from);
        }

        @Override
        public String toString() {
            return present() ? new String(text, from, to - from, StandardCharsets.UTF_8) : "";
        }
    }

    /** As it stands in the JSON: a string keeps its quotes. */
    final Slice id = new Slice();

    final Slice method = new Slice();
    final Slice result = new Slice();

    /** Of the tool, without quotes. */
    final Slice name = new Slice();

    /** As it stands in the JSON, in a request's {@code _meta} or in a notification. */
    final Slice token = new Slice();

    /** What a progress notification says. */
    final Slice note = new Slice();

    /** A result of a tool that says that the tool failed. */
    boolean failed;

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the message between the two offsets, which must be valid JSON and not a batch. */
    void read(byte[] json, int from, int to) {
        for (Slice slice : new Slice[] {id, method, result, name, token, note}) slice.clear();
        failed = false;
        members.over(json, from, to);
        while (members.next()) {
            if (members.named(ID)) id.set(json, members.valueFrom(), members.valueTo());
            else if (members.named(METHOD)) method.set(json, members.valueFrom() + 1, members.valueTo() - 1);
            else if (members.named(PARAMS)) readParams(json, members.valueFrom(), members.valueTo());
            else if (members.named(RESULT)) readResult(json, members.valueFrom(), members.valueTo());
        }
    }

    private void readParams(byte[] json, int from, int to) {
        inner.over(json, from, to);
        int metaFrom = -1;
        int metaTo = -1;
        while (inner.next()) {
            if (inner.named(NAME)) name.set(json, inner.valueFrom() + 1, inner.valueTo() - 1);
            else if (inner.named(TOKEN)) token.set(json, inner.valueFrom(), inner.valueTo());
            else if (inner.named(NOTE)) note.set(json, inner.valueFrom() + 1, inner.valueTo() - 1);
            else if (inner.named(META)) {
                metaFrom = inner.valueFrom();
                metaTo = inner.valueTo();
            }
        }
        if (metaFrom < 0) return;
        inner.over(json, metaFrom, metaTo);
        while (inner.next()) if (inner.named(TOKEN)) token.set(json, inner.valueFrom(), inner.valueTo());
    }

    private void readResult(byte[] json, int from, int to) {
        result.set(json, from, to);
        inner.over(json, from, to);
        while (inner.next()) {
            if (inner.named(IS_ERROR))
                failed = Arrays.equals(json, inner.valueFrom(), inner.valueTo(), TRUE, 0, TRUE.length);
        }
    }
}
