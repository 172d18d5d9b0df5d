package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseParserTest {
    private final List<String> events = new ArrayList<>();
    private SseParser parser = parser(1_000);

    private SseParser parser(int eventBytesMax) {
        return new SseParser(
                eventBytesMax, (type, data) -> events.add(type + "|" + new String(data, StandardCharsets.UTF_8)));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the text in one piece, in single bytes, and in two pieces parted at every byte: always the same. */
    private List<String> read(String text) throws BadAnswer {
        parser.feed(bytes(text));
        List<String> whole = List.copyOf(events);
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        for (int chunk = 1; chunk < 4; chunk++) {
            events.clear();
            parser = parser(1_000);
            for (int at = 0; at < all.length; at += chunk) {
                parser.feed(ByteBuffer.wrap(all, at, Math.min(chunk, all.length - at)));
            }
            assertThat(events).isEqualTo(whole);
        }
        for (int at = 0; at <= all.length; at++) {
            events.clear();
            parser = parser(1_000);
            parser.feed(ByteBuffer.wrap(all, 0, at));
            parser.feed(ByteBuffer.wrap(all, at, all.length - at));
            assertThat(events).isEqualTo(whole);
        }
        return whole;
    }

    @Test
    void givesDataOfAnEvent() throws BadAnswer {
        assertThat(read("data: {\"a\":1}\n\n")).containsExactly("message|{\"a\":1}");
    }

    @Test
    void joinsDataLinesWithLineFeeds() throws BadAnswer {
        assertThat(read("data: a\ndata:b\ndata\ndata:  c\n\n")).containsExactly("message|a\nb\n\n c");
    }

    @Test
    void takesEveryMixtureOfLineEnds() throws BadAnswer {
        assertThat(read("data: a\r\rdata: b\r\n\r\ndata: c\n\ndata: d\r\n\rdata: e\n\r\ndata: f\r\n\n"))
                .containsExactly("message|a", "message|b", "message|c", "message|d", "message|e", "message|f");
    }

    @Test
    void endsAnEventAtACarriageReturnWithoutWaitingForALineFeed() throws BadAnswer {
        parser.feed(bytes("data: a\r\r"));

        assertThat(events).containsExactly("message|a");
    }

    @Test
    void passesOverAByteOrderMarkAtTheStartOnly() throws BadAnswer {
        assertThat(read("\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: c\n\n")).containsExactly("message|a", "message|c");
    }

    @Test
    void ignoresALineThatBeginsLikeAByteOrderMark() throws BadAnswer {
        assertThat(read("\uFEEEdata: a\ndata: b\n\n")).containsExactly("message|b");
    }

    @Test
    void namesTheType() throws BadAnswer {
        assertThat(read("event: ping\ndata: a\n\ndata: b\n\nevent: lost\n\ndata: c\n\n"))
                .containsExactly("ping|a", "message|b", "message|c");
    }

    @Test
    void passesOverCommentsAndUnknownFields() throws BadAnswer {
        assertThat(read(": keep-alive\n:\nfoo: bar\ndatum: x\nData: y\ndat\nretrying: 1\n data: z\ndata: a\n\n"))
                .containsExactly("message|a");
    }

    @Test
    void dropsWhatNoBlankLineEnds() throws BadAnswer {
        assertThat(read("data: a\n\ndata: b\n")).containsExactly("message|a");
    }

    @Test
    void givesNoEventWithoutData() throws BadAnswer {
        assertThat(read("id: 1\ndata:\n\nid: 2\n\n")).isEmpty();
        assertThat(parser.lastEventId()).contains("2");
    }

    @Test
    void keepsTheIdOfTheLastEventThatHasEnded() throws BadAnswer {
        read("id: 1\ndata: a\n\nid: 2\ndata: b\n");

        assertThat(parser.lastEventId()).contains("1");
    }

    @Test
    void keepsAnIdUntilAnotherComes() throws BadAnswer {
        read("id: 1\ndata: a\n\ndata: b\n\n");

        assertThat(parser.lastEventId()).contains("1");
    }

    @Test
    void ignoresAnIdWithNulAndForgetsOneThatIsEmpty() throws BadAnswer {
        read("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n");
        assertThat(parser.lastEventId()).contains("1");

        parser.feed(bytes("id\ndata: c\n\n"));
        assertThat(parser.lastEventId()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500", "0, 0", "x, -1", "-5, -1", "1.5, -1", "9999999999999999999999, -1"})
    void takesARetryOfDigitsOnly(String value, long millis) throws BadAnswer {
        read("retry: " + value + "\n\n");

        assertThat(parser.retryMillis().orElse(-1)).isEqualTo(millis);
    }

    @Test
    void takesAnEventOfExactlyTheLimit() throws BadAnswer {
        parser = parser(4);
        parser.feed(bytes("data: abc\n\n"));

        assertThat(events).containsExactly("message|abc");
    }

    @Test
    void refusesAnEventBeyondTheLimitBeforeItHasEnded() {
        parser = parser(4);

        assertThatThrownBy(() -> parser.feed(bytes("data: abcde")))
                .isInstanceOfSatisfying(
                        BadAnswer.class, bad -> assertThat(bad.failure().kind()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    void countsAllLinesOfAnEvent() {
        parser = parser(8);

        assertThatThrownBy(() -> parser.feed(bytes("data: a\n".repeat(5)))).isInstanceOf(BadAnswer.class);
    }

    @Test
    void refusesAnEndlessIdButNotAnEndlessComment() throws BadAnswer {
        parser.feed(bytes(":" + "x".repeat(100_000) + "\nunknown: " + "x".repeat(100_000) + "\ndata: a\n\n"));
        assertThat(events).containsExactly("message|a");

        assertThatThrownBy(() -> parser.feed(bytes("id: " + "x".repeat(2_000)))).isInstanceOf(BadAnswer.class);
    }

    @Test
    void givesBytesAsTheyCame() throws BadAnswer {
        List<byte[]> given = new ArrayList<>();
        SseParser raw = new SseParser(100, (type, data) -> given.add(data));

        raw.feed(ByteBuffer.wrap(new byte[] {'d', 'a', 't', 'a', ':', (byte) 0xFF, 0, '\n', '\n'}));

        assertThat(given).containsExactly(new byte[] {(byte) 0xFF, 0});
    }
}
