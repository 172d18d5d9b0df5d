package io.mcpgate.core.audit;

import io.mcpgate.core.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON object on one line, as the bytes that it is written in. Put together here and not by way of a string, because each
 * call makes two of them, and nearly everything in them is plain ASCII.
 */
final class JsonLine {
    private static final int BYTES = 512; // enough for nearly every one

    private byte[] bytes = new byte[BYTES];
    private int length;

    /** Takes the bytes of a line: the first so many of the array. */
    interface Sink {
        void write(byte[] bytes, int length) throws IOException;
    }

    /** Puts a member with a plain name. */
    void put(String name, String text) {
        name(name);
        quote(text);
    }

    /** Puts a member with a plain name. */
    void put(String name, long number) {
        name(name);
        String digits = Long.toString(number);
        room(digits.length());
        ascii(digits);
    }

    private void name(String name) {
        char before = length == 0 ? '{' : ',';
        room(name.length() + 4);
        bytes[length++] = (byte) before;
        bytes[length++] = '"';
        ascii(name);
        bytes[length++] = '"';
        bytes[length++] = ':';
    }

    private void quote(String text) {
        room(text.length() + 2);
        int start = length;
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') {
                length = start;
                append(JsonText.quote(text, new StringBuilder()).toString().getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[length++] = (byte) c;
        }
        bytes[length++] = '"';
    }

    /** There is room for it. */
    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    private void append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** Ends the line, in one write. */
    void writeTo(Sink sink) throws IOException {
        room(2);
        bytes[length++] = '}';
        bytes[length++] = '\n';
        sink.write(bytes, length);
    }
}
