package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.http.ForwardedHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Headers that repeat a tool's arguments ({@code Mcp-Param-*}), on a gateway that conceals what it refuses: whether they
 * agree is for those to learn who may call the tool.
 */
abstract class ParameterHeadersScenarios extends EndpointFixture {
    private static final String CALLER = "Bearer alice"; // may do everything
    private static final String OUTSIDER = "Bearer dora"; // may only call "echo"

    @Override
    GatewayBuilder settled(GatewayBuilder builder) {
        return builder; // and so refusals are concealed
    }

    /** A call of that tool for the region "eu". */
    private Sent query(String tool, String key) {
        return modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":{\"region\":\"eu\"}")
                .with("Mcp-Name", tool)
                .with("Authorization", key);
    }

    private void list(String path) {
        Sent list = modern("tools/list", "");
        list.target = path;
        assertThat(list.answer().body()).contains("x-mcp-header");
    }

    /** An answer but for its date. */
    private static RawHttp.Answer timeless(RawHttp.Answer answer) {
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.remove("date");
        return new RawHttp.Answer(answer.status(), headers, answer.body());
    }

    @Test
    void repeatTheArgumentsThatTheListedSchemaMarks() {
        list("/mcp/up1");

        assertThat(query("query", CALLER).with("Mcp-Param-Region", "eu").status())
                .isEqualTo(200);
        assertThat(query("query", CALLER)
                        .with("Mcp-Param-Region", " =?base64?ZXU=?= ")
                        .status())
                .isEqualTo(200);
        assertThat(toolCalls()).isEqualTo(2);
    }

    @Test
    void areCheckedForWhoMayCallTheTool() {
        list("/mcp/up1");

        for (Sent wrong : new Sent[] {
            query("query", CALLER),
            query("query", CALLER).with("Mcp-Param-Region", "us"),
            query("query", CALLER).with("Mcp-Param-Region", "EU"),
            query("query", CALLER).with("Mcp-Param-Region", "=?base64?***?="),
            query("query", CALLER).twice("Mcp-Param-Region", "eu", "eu")
        }) {
            RawHttp.Answer answer = wrong.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":-32020").contains("\"id\":1");
        }
        assertThat(toolCalls()).isZero();
    }

    @Test
    void areCheckedInTheMergedCatalogUnderTheNameThatItGives() {
        list("/mcp");
        Sent right = query("up1__query", CALLER).with("Mcp-Param-Region", "eu");
        right.target = "/mcp";
        Sent wrong = query("up1__query", CALLER).with("Mcp-Param-Region", "us");
        wrong.target = "/mcp";

        assertThat(wrong.answer().body()).contains("\"code\":-32020");
        assertThat(right.status()).isEqualTo(200);
        assertThat(toolCalls()).isEqualTo(1);
    }

    @Test
    void needNotAgreeBeforeAnybodyHasBeenToldOfTheMark() {
        assertThat(query("query", CALLER).with("Mcp-Param-Region", "us").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "us", "eu", "=?base64?***?="})
    void doNotTellWhoMayNotCallTheToolThatItExists(String region) {
        list("/mcp/up1");
        String header = region.isEmpty() ? null : region;
        RawHttp.Answer unknown =
                query("nobodyHasIt", OUTSIDER).with("Mcp-Param-Region", header).answer();

        RawHttp.Answer hidden =
                query("query", OUTSIDER).with("Mcp-Param-Region", header).answer();

        assertThat(timeless(hidden)).isEqualTo(timeless(unknown));
        assertThat(hidden.body()).contains("\"code\":-32602").contains("Unknown tool");
        assertThat(up1.calls)
                .noneMatch(call -> call.method().equals("tools/call")
                        && call.target().name().equals("query"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"us", "eu"})
    void doNotMatterToStrangers(String region) {
        list("/mcp/up1");

        for (String stranger : new String[] {null, "Bearer nobody"}) {
            assertThat(query("query", stranger).with("Mcp-Param-Region", region).status())
                    .isEqualTo(401);
        }
        assertThat(toolCalls()).isZero();
    }

    @Test
    void travelOnWithTheCall() {
        modernTool("echo").with("Mcp-Param-Region", "eu").with("X-Other", "no").status();
        assertThat(up1.calls
                        .get(0)
                        .attribute(ForwardedHeaders.KEY)
                        .orElseThrow()
                        .list())
                .singleElement()
                .satisfies(header -> assertThat(header.value()).isEqualTo("eu"));
    }
}
