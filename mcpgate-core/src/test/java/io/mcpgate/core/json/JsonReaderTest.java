package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Envelope read(String message) throws MalformedMessage {
        return reader.read(utf8(message));
    }

    private MalformedMessage refusal(String message) {
        return catchThrowableOfType(MalformedMessage.class, () -> read(message));
    }

    private static String json(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    @Nested
    class AMessage {
        @Test
        void isARequestWithItsParamsAsTheyCame() throws Exception {
            String params = "{ \"name\" : \"se\\u0061rch\", \"arguments\":{\"x\":1.0e2} }";

            Envelope.Request request = (Envelope.Request)
                    read("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"tools/call\",\"params\":" + params + "}");

            assertThat(request.id()).isEqualTo(RequestId.of("7"));
            assertThat(request.method()).isEqualTo("tools/call");
            assertThat(json(request.params())).isEqualTo(params);
            assertThat(request.params().string("name")).contains("search");
        }

        @Test
        void mayHaveItsMembersInAnyOrder() throws Exception {
            Envelope.Request request = (Envelope.Request)
                    read("{\"params\":{\"uri\":\"a:b\"},\"method\":\"resources/read\",\"id\":3,\"jsonrpc\":\"2.0\"}");

            assertThat(request.id()).isEqualTo(RequestId.of(3));
            assertThat(request.params().string("uri")).contains("a:b");
        }

        @Test
        void isANotificationWithoutAnId() throws Exception {
            Envelope.Request request = (Envelope.Request) read("{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}");

            assertThat(request.id()).isNull();
            assertThat(json(request.params())).isEqualTo("{}");
        }

        @Test
        void isAResult() throws Exception {
            Envelope.Result result = (Envelope.Result)
                    read("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"isError\":true,\"content\":[]}}");

            assertThat(((RawPayload) result.result()).isError()).isTrue();
            assertThat(result.result().members()).containsOnlyKeys("isError", "content");
        }

        @Test
        void isAnErrorWithItsDataAsItCame() throws Exception {
            Envelope.Failed error = (Envelope.Failed)
                    read("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-1,\"message\":\"m\",\"data\":[1, 2]}}");

            assertThat(error.id()).isNull();
            assertThat(error.code()).isEqualTo(-1);
            assertThat(json(error.data())).isEqualTo("[1, 2]");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[]",
                    "7",
                    "\"text\"",
                    "{}",
                    "{\"id\":1,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
                    "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[1]}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{\"code\":1,\"message\":\"m\"}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":7}",
                    "{\"jsonrpc\":\"2.0\",\"result\":{}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":7}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\"1\",\"message\":\"m\"}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":99999999999,\"message\":\"m\"}}",
                })
        void isRefusedIfItIsJsonButNoJsonRpc(String message) {
            assertThat(refusal(message).kind()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }

        /** Readers that overlook case would be told another name than the one that was decided on. */
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "tools/call            | {\"name\":\"echo\",\"Name\":\"secretRead\"}",
                    "tools/call            | {\"NAME\":\"secretRead\",\"name\":\"echo\",\"arguments\":{}}",
                    "tools/call            | {\"name\":\"echo\",\"arguments\":{},\"Arguments\":{}}",
                    "tools/call            | {\"name\":\"echo\",\"argument\u017F\":{}}",
                    "tools/call            | {\"name\":\"echo\",\"_Meta\":{}}",
                    "resources/read        | {\"uri\":\"mem://a\",\"URI\":\"mem://b\"}",
                    "completion/complete   | {\"Ref\":{\"type\":\"ref/prompt\",\"name\":\"a\"}}",
                    "completion/complete   | {\"ref\":{\"type\":\"ref/prompt\",\"name\":\"a\",\"Name\":\"b\"}}",
                    "tasks/get             | {\"taskId\":\"1\",\"taskid\":\"2\"}",
                    "subscriptions/listen  | {\"notifications\":{},\"Notifications\":{}}",
                    "initialize            | {\"capabilities\":{},\"Capabilities\":{}}",
                })
        void isRefusedIfAMemberDiffersOnlyInCaseFromWhatItIsDecidedBy(String method, String params) {
            MalformedMessage refusal =
                    refusal("{\"jsonrpc\":\"2.0\",\"id\":7,\"params\":" + params + ",\"method\":\"" + method + "\"}");

            assertThat(refusal.kind()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(refusal.getMessage()).contains("only in case").doesNotContain("secretRead");
            assertThat(refusal.id()).contains(RequestId.of(7));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "acme/do    | {\"Name\":\"a\",\"URI\":\"b\"}",
                    "tools/call | {\"name\":\"echo\",\"arguments\":{\"Name\":\"a\",\"NAME\":\"b\"}}",
                })
        void mayHaveWhateverMembersWhereNothingIsDecidedByThem(String method, String params) throws Exception {
            Envelope.Request request = (Envelope.Request)
                    read("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":" + params + "}");

            assertThat(json(request.params())).isEqualTo(params);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "{",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"} x",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"method\":\"tools/call\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"m\\u0065thod\":\"tools/call\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"a\",\"name\":\"b\"}}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{\"deep\":[{\"a\":1,\"a\":2}]}}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"pi\nng\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"\\ud800\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"\\udc00\\ud800\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{\"n\":NaN}}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{\"n\":01}}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{\"n\":1e1000000000}}",
                    "{'jsonrpc':\"2.0\",\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",}",
                    "// comment\n{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
                    "\ufeff{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
                })
        void isRefusedIfItIsNoStrictJson(String message) {
            assertThat(refusal(message).kind()).isEqualTo(ErrorCode.PARSE_ERROR);
        }

        @Test
        void keepsItsIdWhenItIsRefused() {
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":7}")
                            .id())
                    .contains(RequestId.of("x"));
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"a\",\"params\":{\"a\":1,\"a\":2}}")
                            .id())
                    .contains(RequestId.of(5));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"jsonrpc\":[1],\"id\":7,\"method\":\"ping\"}",
                    "{\"jsonrpc\":{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},\"id\":7,\"method\":\"ping\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":[[]]}",
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":{\"method\":\"ping\"}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"params\":[{}]}",
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"error\":[{}]}"
                })
        void isInvalidWhereAMemberHasAnotherKindOfValue(String message) {
            MalformedMessage refusal = refusal(message);

            assertThat(refusal.kind()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(refusal.id()).contains(RequestId.of(7));
        }

        @Test
        void isNotHiddenInAMemberOfAnother() throws MalformedMessage {
            Batch batch =
                    reader.readBatch(utf8("[{\"jsonrpc\":{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}}]"), 10);

            assertThat(batch.elements()).singleElement().isInstanceOf(Batch.Invalid.class);
        }

        @Test
        void isNotQuotedWhenItIsRefused() {
            MalformedMessage refusal = refusal("{\"jsonrpc\":\"2.0\",\"id\":5,\"secret\":hunter2}");

            assertThat(refusal.toFailure().toString() + refusal).doesNotContain("hunter2");
        }

        @Test
        void isNotUtf16OrUtf32() {
            String ping = "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}";

            for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
                assertThatThrownBy(() -> reader.read(ping.getBytes(charset))).isInstanceOf(MalformedMessage.class);
            }
        }
    }

    @Nested
    class ALimit {
        @Test
        void holdsForTheWholeMessage() {
            JsonReader small = new JsonReader(JsonLimits.DEFAULT.withMessageBytes(40));

            MalformedMessage refusal = catchThrowableOfType(
                    MalformedMessage.class,
                    () -> small.read(utf8("{\"jsonrpc\":\"2.0\",\"method\":\"" + "x".repeat(40) + "\"}")));

            assertThat(refusal.kind()).isEqualTo(ErrorCode.TOO_LARGE);
        }

        @Test
        void holdsForDepth() throws Exception {
            String deep = "[".repeat(62) + "]".repeat(62);
            read("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":" + deep + "}}");

            String deeper = "[".repeat(63) + "]".repeat(63);
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":" + deeper + "}}")
                            .getMessage())
                    .contains("limit");
        }

        @Test
        void holdsForWhatIsKeptOfARequest() throws Exception {
            for (String[] text : new String[][] {
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"", "\"}", "1024"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"", "\"}}", "1024"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tasks/get\",\"params\":{\"taskId\":\"", "\"}}", "1024"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":\"", "\"}}", "8192"},
            }) {
                int most = Integer.parseInt(text[2]);
                assertThat(read(text[0] + "x".repeat(most) + text[1])).isInstanceOf(Envelope.Request.class);

                MalformedMessage refusal = refusal(text[0] + "x".repeat(most + 1) + text[1]);

                assertThat(refusal.kind()).isEqualTo(ErrorCode.INVALID_REQUEST);
                assertThat(refusal.getMessage()).contains("at most").hasSizeLessThan(200);
            }
        }

        @Test
        void holdsForWhatAClientSaysOfItself() throws Exception {
            String request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{\"_meta\":{"
                    + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"%s\"},"
                    + "\"io.modelcontextprotocol/clientCapabilities\":{\"experimental\":{\"x\":\"%s\"}},\"more\":\"%s\"}}}";
            String half = "x".repeat(32 << 10);
            assertThat(read(request.formatted("n", half, half + half))).isInstanceOf(Envelope.Request.class);

            assertThat(refusal(request.formatted(half, half, "")).getMessage()).contains("65536 bytes");
        }

        @Test
        void holdsForAHundredThousandBracketsWithoutAStackOverflow() {
            assertThat(refusal("[".repeat(100_000))).isNotNull();
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":" + "{\"a\":".repeat(100_000)))
                    .isNotNull();
        }

        @Test
        void holdsForMembersNamesAndNumbers() {
            String members = IntStream.rangeClosed(0, 10_000)
                    .mapToObj(i -> "\"m" + i + "\":0")
                    .collect(Collectors.joining(","));
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{" + members + "}}"))
                    .isNotNull();
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"" + "n".repeat(1_025) + "\":0}}"))
                    .isNotNull();
            assertThat(refusal("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"n\":" + "1".repeat(1_001) + "}}"))
                    .isNotNull();
        }
    }

    @Nested
    class APayload {
        private Payload params(String params) throws MalformedMessage {
            return ((Envelope.Request)
                            read("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":" + params + "}"))
                    .params();
        }

        @Test
        void isSeenInJdkTypes() throws Exception {
            Map<String, Object> members = params(
                            "{\"s\":\"é\",\"i\":1,\"b\":12345678901234567890,\"d\":1.10,\"t\":true,\"n\":null,\"l\":[{}]}")
                    .members();

            assertThat(members)
                    .containsEntry("s", "é")
                    .containsEntry("i", 1L)
                    .containsEntry("b", new BigInteger("12345678901234567890"))
                    .containsEntry("d", new BigDecimal("1.10"))
                    .containsEntry("t", true)
                    .containsEntry("n", null)
                    .containsEntry("l", List.of(Map.of()));
            assertThatThrownBy(() -> members.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        }

        @Test
        void saysTheSameByStringAsByMembers() throws Exception {
            Payload payload =
                    params("{\"name\":7,\"uri\":\"u\",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"p\",\"x\":\"y\"},"
                            + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"other\":\"o\"},"
                            + "\"deep\":{\"name\":\"d\",\"uri\":\"d\"}}");

            assertThat(payload.string("name")).isEmpty();
            assertThat(payload.string("uri")).contains("u");
            assertThat(payload.string("ref", "name")).contains("p");
            assertThat(payload.string("ref", "x")).contains("y");
            assertThat(payload.string("_meta", "io.modelcontextprotocol/protocolVersion"))
                    .contains("2026-07-28");
            assertThat(payload.string("_meta", "other")).contains("o");
            assertThat(payload.string("deep", "name")).contains("d");
        }

        @Test
        void keepsEveryByteWhenItsProgressTokenIsReplaced() throws Exception {
            Payload payload =
                    params("{ \"name\":\"x\", \"_meta\" : {\"progressToken\" : \"mine\" , \"a\":1 }, \"z\" : [ 1 ] }");

            Frame frame = Frame.requestAsking(RequestId.of(9), "tools/call", payload, RequestId.of(9));

            assertThat(new String(frame.toByteArray(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":"
                            + "{ \"name\":\"x\", \"_meta\" : {\"progressToken\" : 9 , \"a\":1 }, \"z\" : [ 1 ] }}");
        }

        @Test
        void hasNumericTokensReplacedToo() throws Exception {
            for (String token : List.of("12", "-3", "12 ", "\"a\\\"b\"")) {
                Payload payload = params("{\"_meta\":{\"progressToken\":" + token + "}}");

                Frame frame = Frame.requestAsking(RequestId.of(1), "m", payload, RequestId.of("new"));

                assertThat(new String(frame.toByteArray(), StandardCharsets.UTF_8).replace(" ", ""))
                        .endsWith("\"params\":{\"_meta\":{\"progressToken\":\"new\"}}}");
            }
        }
    }

    /** Bodies are counted by their own size: what holds one must not hold much more. */
    @Nested
    class ABodyInAMessageThatIsMuchLarger {
        private static final String BODY =
                "{ \"name\" : \"n\", \"progressToken\" : \"theirs\", \"cacheScope\":\"public\","
                        + " \"ref\":{\"uri\":\"é\"}, \"tools\" : [ {\"name\":\"a\"} , {\"name\":\"b\"} ] }";

        private static final String PAD = "x".repeat(1 << 20);

        private RawPayload params(String frame) throws MalformedMessage {
            return (RawPayload) ((Envelope.Request) read(frame.formatted(BODY, PAD))).params();
        }

        private RawPayload behindMuch() throws MalformedMessage {
            return params("{\"pad\":\"%2$s\",\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":%1$s}");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"pad\":\"%2$s\",\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":%1$s}",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":%1$s,\"pad\":{\"deep\":[\"%2$s\"]}}",
                    "{\"\":\"%2$s\",\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":%1$s,\"pad\":\"%2$s\"}",
                })
        void holdsItselfOnly(String frame) throws Exception {
            RawPayload body = params(frame);

            assertThat(body.bytes()).isEqualTo(utf8(BODY));
            assertThat(json(body)).isEqualTo(BODY);
        }

        @Test
        void holdsItselfOnlyIfTheRestIsSpace() throws Exception {
            RawPayload body = (RawPayload) ((Envelope.Request)
                            read("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}" + " ".repeat(1 << 20) + "}"))
                    .params();

            assertThat(body.bytes()).isEqualTo(utf8("{}"));
        }

        @Test
        void holdsItselfOnlyAsAResultAndAsDataOfAnError() throws Exception {
            String frame = "{\"jsonrpc\":\"2.0\",\"id\":1,%s,\"pad\":\"" + PAD + "\"}";

            Envelope.Result result = (Envelope.Result) read(frame.formatted("\"result\":" + BODY));
            Envelope.Failed failed = (Envelope.Failed)
                    read(frame.formatted("\"error\":{\"code\":1,\"message\":\"m\",\"data\":" + BODY + "}"));

            assertThat(((RawPayload) result.result()).bytes()).isEqualTo(utf8(BODY));
            assertThat(((RawPayload) failed.data()).bytes()).isEqualTo(utf8(BODY));
        }

        @Test
        void holdsItselfOnlyInABatch() throws Exception {
            String message = "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":%s}";

            Batch batch = reader.readBatch(
                    utf8("[" + message.formatted(BODY) + "," + message.formatted("{\"pad\":\"" + PAD + "\"}") + "]"),
                    2);

            Envelope.Request first =
                    (Envelope.Request) ((Batch.Message) batch.elements().get(0)).envelope();
            assertThat(((RawPayload) first.params()).bytes()).isEqualTo(utf8(BODY));
        }

        @Test
        void hasTheSameMembers() throws Exception {
            RawPayload body = behindMuch();

            assertThat(body.string("name")).contains("n");
            assertThat(body.string("ref", "uri")).contains("é");
            assertThat(body.members()).containsOnlyKeys("name", "progressToken", "cacheScope", "ref", "tools");
        }

        @Test
        void keepsEveryByteUnderAnotherToken() throws Exception {
            RawPayload body = behindMuch();

            Payload renamed = Correlation.rename(body, RequestId.of(12_345_678));
            Frame frame = Frame.requestAsking(RequestId.of(1), "m", body, RequestId.of(9));

            assertThat(json(renamed)).isEqualTo(BODY.replace("\"theirs\"", "12345678"));
            assertThat(new String(frame.toByteArray(), StandardCharsets.UTF_8))
                    .endsWith(",\"params\":" + BODY.replace("\"theirs\"", "9") + "}");
        }

        @Test
        void hasItsListCutInTheSamePlaces() throws Exception {
            Envelope.Result result = (Envelope.Result)
                    read("{\"pad\":\"" + PAD + "\",\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + BODY + "}");

            Payload cut =
                    ListDocument.read(reader, result.result(), "tools", "name").keepForOne(new boolean[] {false, true});

            assertThat(json(cut))
                    .isEqualTo(BODY.replace("{\"name\":\"a\"} , {\"name\":\"b\"}", "{\"name\":\"b\"}")
                            .replace("public", "private"));
        }

        @Test
        void isNotCopiedOutOfAnOrdinaryMessageHoweverLargeItIsItself() throws Exception {
            byte[] message = utf8(
                    "{\"jsonrpc\":\"2.0\",\"id\":\"" + "i".repeat(300) + "\",\"result\":{\"text\":\"" + PAD + "\"}}\n");

            Envelope.Result result = (Envelope.Result) reader.read(message);

            assertThat(((RawPayload) result.result()).bytes()).isSameAs(message);
        }
    }

    @Nested
    class WellFormedText {
        @Test
        void isJudgedAsTheJdkJudgesUtf8() {
            Random random = new Random(7);
            for (int round = 0; round < 200_000; round++) {
                byte[] bytes = new byte[1 + random.nextInt(24)];
                for (int i = 0; i < bytes.length; i++) {
                    // mostly around the borders of UTF-8, with ASCII between
                    bytes[i] = random.nextInt(3) == 0
                            ? (byte) (0x80 + random.nextInt(0x80))
                            : (byte) ('a' + random.nextInt(26));
                }

                boolean strict = StrictText.firstOffence(bytes, 0, bytes.length) < 0;

                assertThat(strict).as(Arrays.toString(bytes)).isEqualTo(isUtf8(bytes));
            }
        }

        @Test
        void isFoundForEveryCodePoint() {
            for (int point = 1; point <= Character.MAX_CODE_POINT; point++) {
                boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
                if (!surrogate && point != '\\') {
                    byte[] bytes =
                            ("0123456" + new String(Character.toChars(point)) + "z").getBytes(StandardCharsets.UTF_8);
                    assertThat(StrictText.firstOffence(bytes, 0, bytes.length))
                            .as("U+%x", point)
                            .isEqualTo(-1);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\\ud83d\\ude00",
                    "\\\\ud800",
                    "\\\\\\\\ud800",
                    "x\\n\\ud83d\\ude00\\t",
                    "\\u0041",
                    "\\uD83D\\uDE00",
                    "abcdefg\\ud83d\\ude00",
                })
        void mayHoldPairsAndEscapedBackslashes(String text) {
            byte[] bytes = utf8(text);
            assertThat(StrictText.firstOffence(bytes, 0, bytes.length)).isEqualTo(-1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\\ud800",
                    "\\udc00",
                    "\\ud83dx",
                    "\\ud83d\\n",
                    "\\ud83d\\u0041",
                    "\\\\\\ud800",
                    "\\ud83d\\ud83d\\ude00",
                    "abcdefgh\\ud800",
                    "\\ude00\\ud83d",
                    "a\0b",
                })
        void holdsNoHalfPairsAndNoNul(String text) {
            byte[] bytes = utf8(text);
            assertThat(StrictText.firstOffence(bytes, 0, bytes.length)).isNotNegative();
        }

        /** Plain text is passed over in steps of one, eight and 32 bytes. */
        @ParameterizedTest
        @ValueSource(strings = {"\0", "\\ud800", "\\udc00"})
        void holdsNoOffenceWhereverItStands(String offence) {
            for (int before = 0; before < 90; before++) {
                for (String harmless : List.of("", "\u00e9", "\\n", "\\ud83d\\ude00", "\u6587\u5b57")) {
                    for (int between = 0; between < 45; between++) {
                        byte[] good = utf8("a".repeat(before) + harmless + "b".repeat(between));
                        byte[] bad =
                                utf8("a".repeat(before) + harmless + "b".repeat(between) + offence + "c".repeat(40));
                        assertThat(StrictText.firstOffence(good, 0, good.length))
                                .isEqualTo(-1);
                        assertThat(StrictText.firstOffence(bad, 0, bad.length)).isEqualTo(good.length);
                    }
                }
            }
        }

        @Test
        void isLookedAtNoFurtherThanItGoes() {
            byte[] bytes = utf8("\0" + "a".repeat(70) + "\0");
            for (int end = 1; end < bytes.length; end++) {
                assertThat(StrictText.firstOffence(bytes, 1, end)).isEqualTo(-1);
            }
        }

        private boolean isUtf8(byte[] bytes) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return true;
            } catch (CharacterCodingException malformed) {
                return false;
            }
        }
    }

    @Nested
    class ABatch {
        private static final String LIST =
                "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/list\",\"params\":{ \"x\": 1 }}";

        private Batch batch(String text) throws MalformedMessage {
            return reader.readBatch(utf8(text), 3);
        }

        private MalformedMessage refusalOf(String text) {
            return catchThrowableOfType(MalformedMessage.class, () -> batch(text));
        }

        @Test
        void isItsMessagesInOrderWithTheirParamsAsTheyCame() throws Exception {
            Batch batch = batch(" [" + LIST.formatted(1) + ",\n" + LIST.formatted("\"b\"") + "] ");

            assertThat(batch.elements()).hasSize(2).allSatisfy(element -> {
                Envelope.Request request = (Envelope.Request) ((Batch.Message) element).envelope();
                assertThat(json(request.params())).isEqualTo("{ \"x\": 1 }");
            });
            assertThat(((Envelope.Request) ((Batch.Message) batch.elements().get(1)).envelope()).id())
                    .isEqualTo(RequestId.of("b"));
        }

        @Test
        void saysOfEachElementWhatIsWrongWithIt() throws Exception {
            Batch batch = batch("[" + LIST.formatted("1.5") + ",[" + LIST.formatted(2) + "],{\"id\":3}]");

            assertThat(batch.elements()).hasSize(3).allMatch(Batch.Invalid.class::isInstance);
            assertThat(((Batch.Invalid) batch.elements().get(1)).problem().id()).isEmpty();
            assertThat(((Batch.Invalid) batch.elements().get(2)).problem().id()).contains(RequestId.of(3));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[]",
                    "[1,2,3,4]",
                    "{}",
                    "7",
                    "[1",
                    "[1]]",
                    "[1,]",
                    "[{\"a\":1,\"a\":2}]",
                    "[\"\\ud800\"]",
                    ""
                })
        void isRefusedAsAWholeAndAnswersNobody(String text) {
            assertThat(refusalOf(text).id()).isEmpty();
        }

        @Test
        void isRefusedWithoutTheIdOfTheMessageThatBreaksIt() {
            assertThat(refusalOf("[" + LIST.formatted(1) + ",{\"jsonrpc\":\"2.0\",\"id\":2,\"x\":nul}]")
                            .id())
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"[]", " \t\r\n[", "["})
        void beginsAsAnArray(String text) {
            assertThat(JsonReader.isArray(utf8(text))).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "{}", "{[", "\u00a0[", "\"["})
        void isNothingElse(String text) {
            assertThat(JsonReader.isArray(utf8(text))).isFalse();
        }
    }
}
