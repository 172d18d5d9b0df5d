package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are no message, too large or too slow; and large ones that are sent. */
abstract class BodiesScenarios extends EndpointFixture {
    private static final Duration NEVER = Duration.ofMinutes(10);
    private static final int RECEIVE_BUFFER = 256 << 10; // fixed, so that it does not grow to take in what is not read

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"jsonrpc\":|-32700",
                "|-32700",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"x\"}|-32700",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"}{}|-32700",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]|-32600",
                "{\"jsonrpc\":\"2.0\",\"id\":1}|-32600",
                "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"x\"}|-32600",
                "1e1000000000|-32700"
            })
    void refusesWhatIsNoMessage(String body, int code) {
        RawHttp.Answer answer = post(body == null ? "" : body).answer();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":" + code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":7}",
                "{\"method\":\"ping\",\"params\":{\"half\":\"\\ud83d\"},\"jsonrpc\":\"2.0\",\"id\":\"x\"}"
            })
    void echoesTheIdOfWhatItRefuses(String body) {
        assertThat(post(body).answer().body()).contains("\"id\":\"x\"");
    }

    @Test
    void refusesAJsonBombSoon() {
        assertThat(post("[".repeat(100_000)).status()).isEqualTo(400);
    }

    @Test
    void refusesALargeBodyByItsAnnouncement() {
        RawHttp http = connect();
        http.send(modernTool("echo").head() + "Content-Length: 1073741824\r\n\r\n{");
        assertThat(http.answer().status()).isEqualTo(413);
    }

    @Test
    void cutsAnEndlessBodyAtTheLimit() {
        RawHttp http = connect();
        http.send(modernTool("echo").head() + "Transfer-Encoding: chunked\r\n\r\n");
        byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes();
        int sent = 0;
        try {
            for (; sent < 16_384; sent++) {
                http.send(chunk);
                if (http.socket.getInputStream().available() > 0) {
                    break;
                }
            }
        } catch (UncheckedIOException | IOException closed) {
            // as it should be
        }
        assertThat(sent).isLessThan(2_000);
        assertThat(http.head().status()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(ints = {65_000, 65_536, 131_072, 131_073, 700_000})
    void sendsALargeResultWhole(int size) {
        String text = numbered(size);
        RawHttp.Answer answer = said(text).answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains(text).endsWith("}}");
    }

    @Test
    void sendsALargeResultToWhoReadsItSlowly() throws Exception {
        String text = numbered(700_000);
        try (RawHttp http = new RawHttp(engine.port(), 4_096)) {
            http.send(said(text).whole());
            await().until(() -> http.socket.getInputStream().available() > 0);
            assertThat(http.answer().body()).contains(text);
            http.send(said("small").whole());
            assertThat(http.answer().body()).contains("small");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_000, 65_536, 131_072, 131_073, 700_000})
    void sendsALargeEventWhole(int size) {
        String text = numbered(size);
        try (RawHttp http = said(text).with("Accept", "text/event-stream").begin()) {
            assertThat(http.head().status()).isEqualTo(200);
            assertThat(http.event()).contains(text).endsWith("}}");
            assertThat(http.event()).isNull();
        }
    }

    @Test
    void sendsALargeEventToWhoReadsItForLongerThanAStreamMayBeLeftUnread() throws Exception {
        restart(LIMITS.withStreams(NEVER, Duration.ofSeconds(5)), Set.of(), Set.of());
        try (RawHttp http = new RawHttp(engine.port(), RECEIVE_BUFFER).pausing(Duration.ofMillis(30))) {
            http.send(modernTool("huge").with("Accept", "text/event-stream").whole());
            assertThat(http.answer().body())
                    .hasSizeGreaterThan(ScriptedUpstream.HUGE_BYTES)
                    .endsWith("}}\n\n");
        }
    }

    @Test
    void survivesClientsThatGoAwayInTheMiddleOfALargeResult() throws Exception {
        String text = numbered(700_000);
        for (int i = 0; i < 20; i++) {
            RawHttp http = said(text).begin();
            assertThat(http.head().status()).isEqualTo(200);
            http.reset();
        }
        assertThat(modernTool("echo").status()).isEqualTo(200);
    }

    /** A call whose result says that. */
    private Sent said(String text) {
        return modern("tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"" + text + "\"}")
                .with("Mcp-Name", "echo");
    }

    /** Text of that length in which each part stands once. */
    private static String numbered(int length) {
        StringBuilder text = new StringBuilder(length + 8);
        while (text.length() < length) {
            text.append(text.length()).append(' ');
        }
        return text.substring(0, length);
    }

    @Test
    void doesNotWaitForASlowBody() throws Exception {
        bodyTimeout = Duration.ofSeconds(1);
        restart(LIMITS, Set.of(), Set.of());
        RawHttp http = connect();
        http.send(modernTool("echo").head() + "Content-Length: 100\r\n\r\n{");
        assertThat(http.head().status()).isEqualTo(408);
    }

    @Test
    void endsTheConnectionOfABodyThatItDoesNotReadToItsEnd() {
        RawHttp http = connect();
        http.send(modernTool("echo").head() + "Content-Length: 1073741824\r\n\r\n{");
        assertThat(http.answer().header("Connection")).isEqualTo("close");
        assertThat(http.isClosedByServer()).isTrue();
    }

    @Test
    void survivesClientsThatGoAwayInTheMiddle() throws Exception {
        for (int i = 0; i < 50; i++) {
            RawHttp http = connect();
            http.send(modernTool("echo").head() + "Content-Length: 100\r\n\r\n{");
            http.reset();
        }
        assertThat(modernTool("echo").status()).isEqualTo(200);
    }
}
