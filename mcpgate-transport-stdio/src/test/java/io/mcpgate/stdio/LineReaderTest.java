package io.mcpgate.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mcpgate.RequestId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    private static List<Line> lines(String text, int lineBytesMax, int chunk) throws IOException {
        InputStream trickling = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, chunk));
            }
        };
        LineReader reader = new LineReader(trickling, lineBytesMax);
        List<Line> lines = new ArrayList<>();
        for (Line line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    private static String text(Line line) {
        return new String(line.bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void cutsAtLineFeedsHoweverTheBytesCome(int chunk) throws IOException {
        assertThat(lines("a\r\n\nbé\u2028c\rd\n\r\nlast", 100, chunk))
                .allMatch(Line::isWhole)
                .extracting(LineReaderTest::text)
                .containsExactly("a", "", "bé\u2028c\rd", "", "last");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 6, 100})
    void takesALineOfExactlyTheLimitWhateverItsEnd(int chunk) throws IOException {
        assertThat(lines("12345\n12345\r\n123456\n123456\r\n1234567\nend", 5, chunk))
                .extracting(Line::isWhole)
                .containsExactly(true, true, false, false, false, true);
    }

    @Test
    void givesNothingForAnEmptyStream() throws IOException {
        assertThat(lines("", 5, 5)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 4_096})
    void keepsTheTwoEndsOfALineThatIsTooLong(int chunk) throws IOException {
        List<Line> lines = lines("BEGIN" + "x".repeat(10_000) + "END\nnext\n", 2_000, chunk);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).isWhole()).isFalse();
        assertThat(text(lines.get(0))).hasSize(Line.HEAD_BYTES).startsWith("BEGINx");
        assertThat(text(lines.get(1))).isEqualTo("next");
    }

    @Test
    void passesOverALongLineWithoutKeepingIt() throws IOException {
        long bytes = 512L << 20;
        InputStream endless = new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int count = (int) Math.min(left, length);
                Arrays.fill(into, offset, offset + count, (byte) 'x');
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        LineReader lines = new LineReader(endless, 1 << 20);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

        Line line = lines.next();

        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(line.isWhole()).isFalse();
        assertThat(allocated).isLessThan(16 << 20);
    }

    @Nested
    class TheIdOfALineThatIsTooLong {
        private Line tooLong(String start, String end) throws IOException {
            return lines(start + "x".repeat(5_000) + end + "\n", 1_500, 4_096).get(0);
        }

        @Test
        void isReadAtTheBeginning() throws IOException {
            assertThat(tooLong("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"x\":\"", "\"}}")
                            .id())
                    .contains(RequestId.of(7));
        }

        @Test
        void isReadAtTheEnd() throws IOException {
            assertThat(tooLong("{\"result\":{\"x\":\"", "\"},\"jsonrpc\":\"2.0\",\"id\":12}")
                            .id())
                    .contains(RequestId.of(12));
            assertThat(tooLong("{\"result\":{\"x\":\"", "\"}, \"id\" : \"a-1\" } ")
                            .id())
                    .contains(RequestId.of("a-1"));
        }

        @Test
        void isNotGuessedFromText() throws IOException {
            assertThat(tooLong("{\"result\":{\"x\":\"", "\\\"},\\\"id\\\":12}\"}}")
                            .id())
                    .isEmpty();
            assertThat(tooLong("{\"result\":{\"x\":\"", "\"},\"id\":12,\"y\":1}")
                            .id())
                    .isEmpty();
            assertThat(tooLong("{\"result\":{\"x\":\"", "\",\"id\":12}}").id())
                    .as("of something inside")
                    .isEmpty();
        }

        @Test
        void isNoneIfItIsNoIntegerOfJson() throws IOException {
            assertThat(tooLong("{\"result\":{\"x\":\"", "\"},\"jsonrpc\":\"2.0\",\"id\":007}")
                            .id())
                    .isEmpty();
        }

        @Test
        void knowsARequestByItsMethod() throws IOException {
            assertThat(tooLong("{\"method\":\"tools/call\",\"params\":{\"x\":\"", "\"}}")
                            .seemsRequest())
                    .isTrue();
            assertThat(tooLong("{\"result\":{\"x\":\"", "\"}}").seemsRequest()).isFalse();
        }
    }
}
