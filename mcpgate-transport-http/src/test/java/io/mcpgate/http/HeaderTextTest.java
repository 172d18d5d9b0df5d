package io.mcpgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"echo", "file:///a b.txt", "=?base64?x", "", "a=?base64?eA==?="})
    void leavesPlainTextAsItIs(String text) {
        assertThat(HeaderText.of(text)).isEqualTo(text);
    }

    @Test
    void encodesWhatIsNotPlain() {
        assertThat(HeaderText.of("Wétter")).isEqualTo("=?base64?V8OpdHRlcg==?=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {" padded", "padded ", "two\r\nlines: x", "a\tb", "=?base64?eA==?=", "=?BASE64?eA==?=", "\u007f"})
    void encodesWhatAHeaderCannotCarryOrWouldBeReadOtherwise(String text) {
        assertThat(HeaderText.of(text)).startsWith("=?base64?").endsWith("?=").doesNotContain("\r", "\n");
    }

    @Test
    void passesOverBlanksAroundAValueAndNothingElse() {
        assertThat(HeaderText.decode(" \techo\t ")).contains("echo");
        assertThat(HeaderText.decode("echo\u001f")).isEmpty();
        assertThat(HeaderText.decode("\u2003echo")).isEmpty();
    }
}
