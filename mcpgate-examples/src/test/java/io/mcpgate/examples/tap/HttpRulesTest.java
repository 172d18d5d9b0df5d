package io.mcpgate.examples.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the rules see headers and statuses that are wrong, in bytes as they are on the wire. */
class HttpRulesTest {
    private static final String MODERN = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"Grüße","_meta":\
            {"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""";
    private static final String MODERN_HEADERS = """
            Accept: application/json, text/event-stream
            Content-Type: application/json
            MCP-Protocol-Version: 2026-07-28
            Mcp-Method: tools/call
            Mcp-Name: =?base64?R3LDvMOfZQ==?=
            """;

    private static HttpBytes.Exchange exchange(String headers, String body, String status, String answer) {
        List<HttpBytes.Exchange> exchanges = HttpBytes.exchanges(
                message("POST /mcp HTTP/1.1\n" + headers, body),
                message("HTTP/1.1 " + status + "\nContent-Type: application/json\n", answer));
        assertThat(exchanges).hasSize(1);
        return exchanges.get(0);
    }

    private static byte[] message(String head, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return (head.replace("\n", "\r\n") + "Content-Length: " + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void findsNothingInARequestWhoseHeadersRepeatIt() {
        assertThat(HttpRules.request(exchange(MODERN_HEADERS, MODERN, "202", ""), Spoken.MODERN))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Mcp-Method: tools/call, Mcp-Method: tools/list",
        "Mcp-Name: =?base64?R3LDvMOfZQ==?=, Mcp-Name: other",
        "MCP-Protocol-Version: 2026-07-28, Mcp-Session-Id: s",
        "Content-Type: application/json, Content-Type: text/plain",
    })
    void seesARequestWhoseHeadersSayOtherwise(String right, String wrong) {
        String headers = MODERN_HEADERS.replace(right, wrong);
        assertThat(headers).isNotEqualTo(MODERN_HEADERS);

        assertThat(HttpRules.request(exchange(headers, MODERN, "202", ""), Spoken.MODERN))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}",
                "200 | {\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":1,\"message\":\"no\"}}",
                "200 | {\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"no\"}}",
                "202 | {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\"}}",
                "401 | {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}",
            })
    void seesAnAnswerThatIsNone(String status, String answer) {
        assertThat(HttpRules.answer(exchange(MODERN_HEADERS, MODERN, status, answer), Spoken.MODERN))
                .isNotEmpty();
    }
}
