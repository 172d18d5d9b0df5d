package io.mcpgate.examples.load;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** The fixed server on standard input and output. Its first argument is the folder of {@link Counts}. */
final class StdioUpstream {
    private static final Fixture FIXTURE = Fixture.legacy();

    private final Message message = new Message();
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final ByteBuffer count;
    private byte[] buffer = new byte[64 << 10];
    private ByteBuffer answer = ByteBuffer.allocate(64 << 10);
    private long calls;

    private StdioUpstream(Path counts) throws IOException {
        count = Counts.own(counts);
    }

    public static void main(String[] args) throws IOException {
        new StdioUpstream(Path.of(args[0])).run();
    }

    private void run() throws IOException {
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            int filled = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer, filled, buffer.length - filled)) {
                filled += read;
                filled = answerLines(filled);
                if (filled == buffer.length) buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
        }
    }

    /** Answers all whole lines; how many bytes of the next one are left at the beginning. */
    private int answerLines(int filled) throws IOException {
        int from = 0;
        for (int at = 0; at < filled; at++) {
            if (buffer[at] != '\n') continue;
            answer(from, at);
            from = at + 1;
        }
        System.arraycopy(buffer, from, buffer, 0, filled - from);
        return filled - from;
    }

    private void answer(int from, int to) throws IOException {
        message.read(buffer, from, to);
        if (!message.id.present() || !message.method.present()) return;
        if (Fixture.counts(message)) count.putLong(0, ++calls);
        int needed = FIXTURE.bytes(message, 1) + 1;
        if (answer.capacity() < needed) answer = ByteBuffer.allocate(needed);
        answer.clear();
        FIXTURE.put(message, 1, answer);
        answer.put((byte) '\n');
        out.write(answer.array(), 0, answer.position());
    }
}
