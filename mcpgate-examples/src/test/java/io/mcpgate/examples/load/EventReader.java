package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.util.Arrays;

/** Reads the data of an event stream's events from bytes as they come. For one thread. */
final class EventReader {
    private static final byte[] DATA = ascii("data:");

    private final Receiver receiver;
    private byte[] line = new byte[1024];
    private int lineBytes;
    private byte[] data = new byte[1024];
    private int dataBytes;

    /** Who is told of each event that has data, which is only valid during the call. */
    interface Receiver {
        void event(byte[] data, int bytes);
    }

    EventReader(Receiver receiver) {
        this.receiver = receiver;
    }

    void clear() {
        lineBytes = 0;
        dataBytes = 0;
    }

    void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && bytes[end] != '\n') end++;
            keep(bytes, at, end);
            if (end < to) endLine();
            at = end + 1;
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        if (lineBytes + to - from > line.length) line = Arrays.copyOf(line, (lineBytes + to - from) * 2);
        System.arraycopy(bytes, from, line, lineBytes, to - from);
        lineBytes += to - from;
    }

    private void endLine() {
        if (lineBytes > 0 && line[lineBytes - 1] == '\r') lineBytes--;
        if (lineBytes == 0) {
            if (dataBytes > 0) receiver.event(data, dataBytes);
            dataBytes = 0;
        } else if (lineBytes >= DATA.length && Arrays.equals(line, 0, DATA.length, DATA, 0, DATA.length)) {
            int from = lineBytes > DATA.length && line[DATA.length] == ' ' ? DATA.length + 1 : DATA.length;
            int part = lineBytes - from;
            if (dataBytes + part > data.length) data = Arrays.copyOf(data, (dataBytes + part) * 2);
            System.arraycopy(line, from, data, dataBytes, part);
            dataBytes += part;
        }
        lineBytes = 0;
    }
}
