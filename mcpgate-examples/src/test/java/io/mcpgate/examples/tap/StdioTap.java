package io.mcpgate.examples.tap;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Keeps the lines of programs, in files of a directory: {@code N.in} is what one of them read, {@code N.out} what it said. */
final class StdioTap {
    /** The shell itself keeps neither end open: that of the program is seen at once. */
    private static final String TEES = "d=\"$0/$$\"; exec 3<&0;"
            + " tee \"$d.in\" <&3 3<&- | \"$@\" 3<&- | tee \"$d.out\" 3<&- & exec <&- >&- 3<&-; wait";

    private StdioTap() {}

    /** A command around another. */
    static List<String> around(List<String> command, Path directory) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", TEES, directory.toString()));
        words.addAll(command);
        return words;
    }

    /** What goes to the program N from now on. */
    static OutputStream writing(OutputStream stdin, Path directory, String number) throws IOException {
        OutputStream kept = Files.newOutputStream(directory.resolve(number + ".in"));
        return new FilterOutputStream(stdin) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                kept.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                kept.close();
                super.close();
            }
        };
    }

    /** What comes from it. */
    static InputStream reading(InputStream stdout, Path directory, String number) throws IOException {
        OutputStream kept = Files.newOutputStream(directory.resolve(number + ".out"));
        return new FilterInputStream(stdout) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = in.read(bytes, offset, length);
                if (n > 0) {
                    kept.write(bytes, offset, n);
                }
                return n;
            }

            @Override
            public void close() throws IOException {
                kept.close();
                super.close();
            }
        };
    }

    /** Of one program: complete lines. */
    record Lines(List<String> in, List<String> out) {}

    /** Of all whose lines are kept there. */
    static List<Lines> read(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Lines> all = new ArrayList<>();
            for (Path in : files.filter(each -> each.toString().endsWith(".in")).toList()) {
                all.add(new Lines(lines(in), lines(Path.of(in.toString().replaceAll("in$", "out")))));
            }
            return all;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> lines(Path file) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
}
