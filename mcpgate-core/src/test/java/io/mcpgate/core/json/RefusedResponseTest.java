package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedResponseTest {
    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    private byte[] refused(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(MalformedMessage.class);
        return bytes;
    }

    static Stream<String> results() {
        return Stream.of(
                "{\"a\":1,\"a\":2}",
                "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}",
                "{\"a\":" + "[".repeat(1 << 20) + "]".repeat(1 << 20) + "}",
                IntStream.range(0, 10_001).mapToObj(i -> "\"m" + i + "\":0").collect(Collectors.joining(",", "{", "}")),
                "{\"" + "n".repeat(2_000) + "\":0}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":1e99999}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "\"no object\"");
    }

    @ParameterizedTest
    @MethodSource("results")
    void isKnownByItsId(String result) {
        assertThat(RefusedResponse.idOf(refused("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":" + result + "}")))
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
    void isKnownWhereverItsIdStands(String text) {
        assertThat(RefusedResponse.idOf(refused(text))).contains(RequestId.of(7));
    }

    @Test
    void keepsTheTypeOfItsId() {
        assertThat(RefusedResponse.idOf(refused("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":1}")))
                .contains(RequestId.of("7"));
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
    void isNoneThatMightBeSomethingElse(String text) {
        assertThat(RefusedResponse.idOf(refused(text))).isEmpty();
    }
}
