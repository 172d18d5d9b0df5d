package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mcpgate.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedMessageTest {
    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    /** The request that a text would have answered, as the reader tells it that refuses it. */
    private Optional<RequestId> answered(String text) {
        return refusal(text.getBytes(StandardCharsets.UTF_8)).answered();
    }

    /** The request that a text is, as the reader tells it that refuses it. */
    private Optional<RequestId> request(String text) {
        return request(text.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<RequestId> request(byte[] text) {
        return refusal(text).id();
    }

    private MalformedMessage refusal(byte[] text) {
        return catchThrowableOfType(MalformedMessage.class, () -> reader.read(text));
    }

    /** What nobody may send, in the place of an object. */
    static Stream<String> bodies() {
        return Stream.of(
                "{\"a\":1,\"a\":2}",
                "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}",
                IntStream.range(0, 10_001).mapToObj(i -> "\"m" + i + "\":0").collect(Collectors.joining(",", "{", "}")),
                "{\"" + "n".repeat(2_000) + "\":0}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":1e99999}",
                "{\"a\":NaN}",
                "\"no object\"");
    }

    /** What cannot even be read leniently, so that what stands behind it is not known. */
    static Stream<String> nonsense() {
        return Stream.of("{\"a\":" + "[".repeat(1 << 20) + "]".repeat(1 << 20) + "}", "{\"a\":tru}");
    }

    @ParameterizedTest
    @MethodSource({"bodies", "nonsense"})
    void isAResponseKnownByItsId(String result) {
        assertThat(answered("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":" + result + "}"))
                .contains(RequestId.of(7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"result\":{\"a\":1,\"a\":2},\"id\":7,\"jsonrpc\":\"2.0\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null,\"error\":{\"code\":1,\"message\":\"m\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":\"1\",\"message\":\"m\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"method\":\"m\",\"id\":8,\"id\":9}}",
                "\ufeff{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}"
            })
    void isAResponseWhereverItsIdStands(String text) {
        assertThat(answered(text)).contains(RequestId.of(7));
    }

    @Test
    void keepsTheTypeOfItsId() {
        assertThat(answered("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":1}")).contains(RequestId.of("7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Server is starting...",
                "7",
                "[{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}]",
                "{\"id\":7,\"result\":{}}",
                "{\"jsonrpc\":\"1.0\",\"id\":7,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"level\":\"info\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":7",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"text\":\"half a li",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[{\"type\":\n",
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7.5,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"id\":8,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"params\":{\"a\":1,\"a\":2}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"params\":{\"a\":1,\"a\":2},\"method\":\"m\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"result\":{}}"
            })
    void isNoResponseThatMightBeSomethingElse(String text) {
        assertThat(answered(text)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource({"bodies", "nonsense"})
    void isARequestKnownByTheIdBeforeWhatIsWrong(String params) {
        assertThat(request("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":" + params + "}"))
                .contains(RequestId.of(7));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void isARequestKnownByTheIdBehindWhatIsWrong(String params) {
        assertThat(request("{\"method\":\"tools/call\",\"params\":" + params + ",\"jsonrpc\":\"2.0\",\"id\":7}"))
                .contains(RequestId.of(7));
    }

    @Test
    void isARequestThoughItsTextIsNoUnicode() {
        for (int offence : new int[] {0xFF, 0xC3, 0xED, 0x01}) {
            String message = "{\"method\":\"tools/call\",\"params\":{\"a\":\"?\"},\"jsonrpc\":\"2.0\",\"id\":\"x\"}";
            byte[] text = message.getBytes(StandardCharsets.US_ASCII);
            text[message.indexOf('?')] = (byte) offence;

            assertThat(request(text)).contains(RequestId.of("x"));
        }
    }

    @Test
    void isNoRequestByAnIdThatIsNoUnicode() {
        String message = "{\"jsonrpc\":\"2.0\",\"id\":\"a?\",\"method\":\"tools/call\"}";
        byte[] text = message.getBytes(StandardCharsets.US_ASCII);
        text[message.indexOf('?')] = (byte) 0xFF;

        assertThat(request(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":1,\"a\":2}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"no object\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":\"1\",\"message\":\"m\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{},\"error\":{\"code\":1,\"message\":\"m\"}}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":{\"a\":1,\"a\":2}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"id\":8,\"method\":\"tools/call\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"id\":8,\"method\":\"tools/call\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":\"\\ud83d\",\"method\":\"tools/call\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"id\":12",
                "{\"jsonrpc\":\"2.0\",\"params\":{\"id\":7},\"method\":7}",
                "[{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}]",
                "7"
            })
    void isNoRequestIfItIsAResponseOrDoesNotSayWhich(String text) {
        assertThat(request(text)).isEmpty();
    }
}
