package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConnectorTest {
    private static HttpConnector.Builder builder() {
        return HttpConnector.builder(URI.create("https://up.example:8443/mcp?key=canary"));
    }

    @Test
    void showsNoSecret() {
        try (HttpConnector connector =
                builder().header("Authorization", "Bearer canary").build()) {
            assertThat(connector.describe()).isEqualTo("https://up.example:8443/mcp?…");
            assertThat(connector).hasToString("HttpConnector[https://up.example:8443/mcp?…]");
        }
        assertThat(new HttpEngine.Header("Authorization", "Bearer canary")).hasToString("Authorization");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mcp", "ftp://h/", "http:///mcp", "http://user:pw@h/mcp", "http://h/mcp#x", "file:///x"})
    void refusesAnAddressThatIsNone(String uri) {
        assertThatThrownBy(() -> HttpConnector.builder(URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pw");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-length",
                "Accept",
                "Mcp-Session-Id",
                "MCP-Protocol-Version",
                "",
                "a b",
                "a:b",
                "ä"
            })
    void refusesAHeaderThatIsNotTheOperators(String name) {
        assertThatThrownBy(() -> builder().header(name, "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary\r\nX: y", " canary", "canary\n", "canary\u0000"})
    void refusesAValueThatIsNoneAndDoesNotQuoteIt(String value) {
        assertThatThrownBy(() -> builder().header("Authorization", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("canary");
    }
}
