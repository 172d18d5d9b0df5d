package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.json;
import static io.mcpgate.core.PolicyBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.core.PolicyBench.Way;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What either side says it can do is cut down to what policy leaves. */
class CapabilityPolicyTest extends PolicyFixture {
    @Nested
    class TheCapabilitiesOfAServer {
        private static final String OFFERED = "\"tools\":{\"listChanged\":true},\"prompts\":{},"
                + "\"resources\":{\"subscribe\":true},\"completions\":{},\"logging\":{},\"experimental\":{\"x\":{}}";

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                tools: a        | "tools":{"listChanged":true},"logging":{},"experimental":{"x":{}}
                prompts: a      | "prompts":{},"completions":{},"logging":{},"experimental":{"x":{}}
                resources: a    | "resources":{"subscribe":true},"completions":{},"logging":{},"experimental":{"x":{}}
                templates: a    | "resources":{},"completions":{},"logging":{},"experimental":{"x":{}}
                methods: x      | "logging":{},"experimental":{"x":{}}
                tools: a !methods: logging/setLevel, methods: notifications/* | "tools":{},"experimental":{"x":{}}
                """)
        void areCutDownToWhatTheRoleLeaves(String rules, String left) {
            String legacy = "{\"capabilities\":{%s}, \"instructions\":\"\\u0041\"}";
            String modern = "{\"capabilities\":{%s},\"resultType\":\"complete\", \"ttlMs\":1.0,\"cacheScope\":\"%s\"}";

            assertThat(result(bench("legacy", rules)
                            .answering("initialize", legacy.formatted(OFFERED))
                            .ask("initialize", "{}")))
                    .isEqualTo(legacy.formatted(left));
            assertThat(result(bench("modern", rules)
                            .answering("server/discover", modern.formatted(OFFERED, "public"))
                            .ask("server/discover", "{}")))
                    .isEqualTo(modern.formatted(left, "private"));
        }

        @ParameterizedTest
        @CsvSource({"legacy, initialize", "modern, server/discover"})
        void leaveTheGateAsTheyCameWhenNothingIsRefused(String era, String method) {
            String answer = "{ \"capabilities\" : {" + OFFERED + "},\"cacheScope\":\"private\"}";

            assertThat(result(bench(era, EVERYTHING).answering(method, answer).ask(method, "{}")))
                    .isEqualTo(answer);
        }

        @Test
        void loseTasksWithTheMethodsOfTasks() {
            String legacy = "{\"capabilities\":{\"tasks\":{\"list\":{},\"cancel\":{}}}}";
            String modern = "{\"capabilities\":{\"extensions\":{\"io.modelcontextprotocol/tasks\":{},\"x/y\":{}}}}";

            assertThat(result(bench("legacy", "tools: *")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo(legacy);
            assertThat(result(bench("legacy", "tools: * !methods: tasks/list")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo("{\"capabilities\":{\"tasks\":{\"cancel\":{}}}}");
            assertThat(result(bench("legacy", "prompts: *")
                            .answering("initialize", legacy)
                            .ask("initialize", "{}")))
                    .isEqualTo("{\"capabilities\":{}}");
            assertThat(result(bench("modern", "tools: * !methods: tasks/*")
                            .answering("server/discover", modern)
                            .ask("server/discover", "{}")))
                    .isEqualTo("{\"capabilities\":{\"extensions\":{\"x/y\":{}}}}");
        }
    }

    @Nested
    class TheCapabilitiesOfAClient {
        private static final String DECLARED = "{\"sampling\":{},\"elicitation\":{\"url\":{}},\"roots\":{},"
                + "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}},\"experimental\":{\"x\":{}}}";

        private static String meta(String capabilities) {
            return "{\"name\":\"search\",\"arguments\":{ \"a\" : 1.0 },\"_meta\":{"
                    + "\"io.modelcontextprotocol/clientCapabilities\":" + capabilities + ", \"x\":1}}";
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                tools: *                              | {"extensions":{"io.modelcontextprotocol/tasks":{}},"experimental":{"x":{}}}
                tools: *, methods: roots/list         | {"roots":{},"extensions":{"io.modelcontextprotocol/tasks":{}},"experimental":{"x":{}}}
                tools: *, methods: sampling/* !methods: tasks/* | {"sampling":{},"extensions":{},"experimental":{"x":{}}}
                """)
        void thatNobodyMayUseAreNotShownToTheServer(String rules, String left) {
            PolicyBench legacy = bench("legacy", rules);
            PolicyBench modern = bench("modern", rules);
            legacy.ask("initialize", "{\"protocolVersion\":\"2025-11-25\", \"capabilities\":" + DECLARED + "}");
            modern.ask("tools/call", meta(DECLARED));

            assertThat(legacy.received("initialize"))
                    .isEqualTo("{\"protocolVersion\":\"2025-11-25\", \"capabilities\":" + left + "}");
            assertThat(modern.received("tools/call")).isEqualTo(meta(left));
        }

        @Test
        void areForwardedUntouchedWhenAllMayBeUsed() {
            PolicyBench bench = bench("modern", EVERYTHING);
            Payload params = json(meta(DECLARED));

            bench.send(Way.CLIENT_ASKS, "tools/call", params);

            assertThat(bench.arrived(Way.CLIENT_ASKS, "tools/call").get(0).params())
                    .isSameAs(params);
        }

        @Test
        void areForwardedUntouchedWhenThereAreNone() {
            PolicyBench bench = bench("modern", "tools: *");
            Payload params = json(meta("{}"));

            bench.send(Way.CLIENT_ASKS, "tools/call", params);

            assertThat(bench.arrived(Way.CLIENT_ASKS, "tools/call").get(0).params())
                    .isSameAs(params);
        }

        @Test
        void areCutInTheHandshakeWithWhichALostSessionIsOpenedAgain() {
            PolicyBench bench = bench("legacy", "tools: *");
            bench.session()
                    .introducedBy(json("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":" + DECLARED + "}"));
            bench.ask("tools/call", "{\"name\":\"search\"}");

            Payload again = bench.arrived(Way.CLIENT_ASKS, "tools/call")
                    .get(0)
                    .session()
                    .handshake()
                    .orElseThrow();

            assertThat(text(again))
                    .isEqualTo("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{"
                            + "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}},\"experimental\":{\"x\":{}}}}");
        }

        @Test
        void areCutAlsoInWhatTheGatewayAsksByItself() {
            PolicyBench bench = bench("modern", "tools: other", UnaryOperator.identity(), true);

            bench.ask("tools/call", meta(DECLARED));

            assertThat(bench.received("tools/call"))
                    .contains("clientCapabilities", "experimental")
                    .doesNotContain("sampling", "elicitation", "roots");
        }
    }
}
