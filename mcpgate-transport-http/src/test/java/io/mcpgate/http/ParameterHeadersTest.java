package io.mcpgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Payload;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterHeadersTest {
    private static final ParameterHeaders SQL = of("""
            {'type': 'object', 'properties': {
              'region': {'type': 'string', 'x-mcp-header': 'Region'},
              'limit': {'type': 'integer', 'x-mcp-header': 'Limit'},
              'dry': {'type': 'boolean', 'x-mcp-header': 'Dry-Run'},
              'query': {'type': 'string'},
              'where': {'type': 'object', 'properties': {
                'x-mcp-header': {'type': 'string', 'x-mcp-header': 'Deep'}}}}}""");

    private static Payload json(String text) {
        try {
            return new JsonReader(JsonLimits.DEFAULT)
                    .payload(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (Exception malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static ParameterHeaders of(String schema) {
        return ParameterHeaders.of(json(schema).value());
    }

    private static Payload params(String arguments) {
        return json("{'name': 'sql', 'arguments': " + arguments + "}");
    }

    private static List<String> headers(String arguments) {
        return SQL.headers(params(arguments)).stream()
                .map(header -> header.name() + ": " + header.value())
                .toList();
    }

    @Nested
    class Deriving {
        @Test
        void repeatsMarkedArgumentsAndNoOthers() {
            assertThat(
                            headers(
                                    "{'region': 'us-west1', 'limit': -7, 'dry': true, 'query': 'q', 'where': {'x-mcp-header': 'd'}}"))
                    .containsExactly(
                            "Mcp-Param-Region: us-west1",
                            "Mcp-Param-Limit: -7",
                            "Mcp-Param-Dry-Run: true",
                            "Mcp-Param-Deep: d");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{'region': null, 'limit': null}",
                    "{'region': ['a'], 'limit': {'b': 1}}",
                    "{'where': null}",
                    "{'where': 'no object'}",
                    "{'where': [{'x-mcp-header': 'd'}]}",
                    "[]",
                    "null"
                })
        void givesNoneForWhatIsAbsentOrNullOrNoValue(String arguments) {
            assertThat(headers(arguments)).isEmpty();
            assertThat(SQL.headers(Payload.empty())).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "'us-west1', 'us-west1'",
            "'', ''",
            "'a b', 'a b'",
            "'Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='",
            "' padded ', '=?base64?IHBhZGRlZCA=?='",
            "'=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='",
            "'=?base64?', '=?base64?'",
            "'🙂', '=?base64?8J+Zgg==?='"
        })
        void encodesAsTheSpecificationShows(String argument, String value) {
            assertThat(headers("{'region': '" + argument + "'}")).containsExactly("Mcp-Param-Region: " + value);
        }

        @Test
        void encodesLineBreaksAndTabs() {
            assertThat(headers("{'region': 'line1\\nline2'}"))
                    .containsExactly("Mcp-Param-Region: =?base64?bGluZTEKbGluZTI=?=");
            assertThat(headers("{'region': '\\tx'}")).containsExactly("Mcp-Param-Region: =?base64?CXg=?=");
        }

        @ParameterizedTest
        @CsvSource({"1, 1", "1.0, 1", "1e2, 100", "-0, 0", "1.50, 1.5", "123456789012345678901, 123456789012345678901"})
        void writesNumbersInDigits(String argument, String value) {
            assertThat(headers("{'limit': " + argument + "}")).containsExactly("Mcp-Param-Limit: " + value);
        }

        @Test
        void writesNoNumberOfTenThousandDigits() {
            assertThat(headers("{'limit': 1e9999}")).isEmpty();
        }

        @Test
        void showsNoArgument() {
            assertThat(SQL)
                    .hasToString(
                            "ParameterHeaders[Mcp-Param-Region, Mcp-Param-Limit, Mcp-Param-Dry-Run, Mcp-Param-Deep]");
        }
    }

    @Nested
    class Verifying {
        private String mismatch(String arguments, String... headers) {
            List<Map.Entry<String, String>> all = new ArrayList<>();
            for (int i = 0; i < headers.length; i += 2) {
                all.add(Map.entry(headers[i], headers[i + 1]));
            }
            return SQL.mismatch(all, params(arguments)).orElse("none");
        }

        @Test
        void agreesWithWhatItDerivesItself() {
            Payload params = params("{'region': ' ä\\n', 'limit': 1.0, 'dry': false, 'where': {'x-mcp-header': ''}}");

            assertThat(SQL.mismatch(
                            SQL.headers(params).stream()
                                    .map(header -> Map.entry(header.name(), header.value()))
                                    .toList(),
                            params))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "us-west1, us-west1",
            "us-west1, ' us-west1 '",
            "us-west1, '=?base64?dXMtd2VzdDE=?='",
            "'', ''",
            "'', '=?base64??='",
            "'世', '=?base64?5LiW?='",
            "'=?BASE64?eA==?=', '=?BASE64?eA==?='"
        })
        void takesATextInEitherForm(String argument, String header) {
            assertThat(mismatch("{'region': '" + argument + "'}", "mcp-param-REGION", header))
                    .isEqualTo("none");
        }

        @ParameterizedTest
        @CsvSource({
            "us-west1, us-west2",
            "us-west1, US-WEST1",
            "us-west1, ''",
            "'', x",
            "us-west1, '=?base64?dXMtd2VzdDI=?='",
            "us-west1, '=?base64?%%%?='",
            "us-west1, '=?base64?/w==?='",
            "'世', '世'",
            "x, '=?BASE64?eA==?='"
        })
        void refusesAnotherTextAndWhatIsNone(String argument, String header) {
            assertThat(mismatch("{'region': '" + argument + "'}", "Mcp-Param-Region", header))
                    .isEqualTo("Mcp-Param-Region");
        }

        @ParameterizedTest
        @CsvSource({"1, 1", "1, 1.0", "1.0, 1", "100, 1e2", "-7, -7", "1e2, 100", "1, '=?base64?MQ==?='"})
        void comparesNumbersByTheirValue(String argument, String header) {
            assertThat(mismatch("{'limit': " + argument + "}", "Mcp-Param-Limit", header))
                    .isEqualTo("none");
        }

        @ParameterizedTest
        @CsvSource({
            "1, 2",
            "1, one",
            "1, ''",
            "1, 0x1",
            "1, '1,1'",
            "1, 1e99999",
            "42, NaN",
            "9007199254740993, 9007199254740992"
        })
        void refusesAnotherNumber(String argument, String header) {
            assertThat(mismatch("{'limit': " + argument + "}", "Mcp-Param-Limit", header))
                    .isEqualTo("Mcp-Param-Limit");
        }

        @Test
        void comparesTruthValuesExactly() {
            assertThat(mismatch("{'dry': true}", "Mcp-Param-Dry-Run", "true")).isEqualTo("none");
            assertThat(mismatch("{'dry': true}", "Mcp-Param-Dry-Run", "True")).isEqualTo("Mcp-Param-Dry-Run");
            assertThat(mismatch("{'dry': false}", "Mcp-Param-Dry-Run", "true")).isEqualTo("Mcp-Param-Dry-Run");
        }

        @Test
        void refusesAHeaderThatIsMissingOrThatNothingBacks() {
            assertThat(mismatch("{'region': 'eu'}")).isEqualTo("Mcp-Param-Region");
            assertThat(mismatch("{'region': null}", "Mcp-Param-Region", "eu")).isEqualTo("Mcp-Param-Region");
            assertThat(mismatch("{}", "Mcp-Param-Region", "")).isEqualTo("Mcp-Param-Region");
            assertThat(mismatch("{}")).isEqualTo("none");
        }

        @Test
        void refusesAHeaderThatStandsThereTwiceEvenIfItSaysTheSame() {
            assertThat(mismatch("{'region': 'eu'}", "Mcp-Param-Region", "eu", "mcp-param-region", "eu"))
                    .isEqualTo("Mcp-Param-Region");
        }

        @Test
        void doesNotMindWhatNothingMarks() {
            assertThat(mismatch("{'query': 'q'}", "Mcp-Param-Query", "other", "Mcp-Name", "x"))
                    .isEqualTo("none");
        }
    }

    @Nested
    class Marks {
        @Test
        void areNoneWhereTheSchemaIsNone() {
            assertThat(ParameterHeaders.of(null).isEmpty()).isTrue();
            assertThat(of("true").isEmpty()).isTrue();
            assertThat(of("{'type': 'object'}").isEmpty()).isTrue();
        }

        @Test
        void areNotLookedForInData() {
            assertThat(of("{'properties': {'a': {'default': {'x-mcp-header': 'A'}, 'enum': [{'x-mcp-header': 'B'}]}}}")
                            .isEmpty())
                    .isTrue();
        }

        @Test
        void areKnownByNameInAnyCase() {
            assertThat(SQL.isMarked("mcp-param-region")).isTrue();
            assertThat(SQL.isMarked("Mcp-Param-Query")).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'x-mcp-header': 'A', 'type': 'string'}",
                    "{'properties': {'a': {'type': 'string', 'x-mcp-header': ''}}}",
                    "{'properties': {'a': {'type': 'string', 'x-mcp-header': 'a b'}}}",
                    "{'properties': {'a': {'type': 'string', 'x-mcp-header': 'a\\r\\nX'}}}",
                    "{'properties': {'a': {'type': 'string', 'x-mcp-header': 5}}}",
                    "{'properties': {'a': {'type': 'number', 'x-mcp-header': 'A'}}}",
                    "{'properties': {'a': {'type': 'object', 'x-mcp-header': 'A'}}}",
                    "{'properties': {'a': {'x-mcp-header': 'A'}}}",
                    "{'properties': {'a': {'type': 'string', 'x-mcp-header': 'A'}, 'b': {'type': 'string', 'x-mcp-header': 'a'}}}",
                    "{'properties': {'a': {'items': {'type': 'string', 'x-mcp-header': 'A'}}}}",
                    "{'properties': {'a': {'items': {'properties': {'b': {'type': 'string', 'x-mcp-header': 'A'}}}}}}",
                    "{'anyOf': [{'properties': {'a': {'type': 'string', 'x-mcp-header': 'A'}}}]}",
                    "{'if': {'properties': {'a': {'type': 'string', 'x-mcp-header': 'A'}}}}",
                    "{'$defs': {'t': {'type': 'string', 'x-mcp-header': 'A'}}}",
                    "{'additionalProperties': {'type': 'string', 'x-mcp-header': 'A'}}"
                })
        void makeASchemaInvalidWhereTheyMayNotBe(String schema) {
            assertThatThrownBy(() -> of(schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("x-mcp-header");
        }

        @Test
        void areBounded() {
            StringBuilder schema = new StringBuilder("{'properties': {'p': {}");
            for (int i = 0; i < 65; i++) {
                schema.append(", 'a" + i + "': {'type': 'string', 'x-mcp-header': 'H" + i + "'}");
            }

            assertThatThrownBy(() -> of(schema.append("}}").toString())).hasMessageContaining("More than 64");
        }
    }
}
