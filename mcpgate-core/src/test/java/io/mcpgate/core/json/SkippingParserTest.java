package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkippingParserTest {
    private static final JsonFactory STOCK = new JsonFactory();
    private static final JsonFactory SKIPPING = new SkippingParser.Factory(new JsonFactoryBuilder());
    private static final int ALIGNMENTS = 43; // strings are passed over in steps of one, eight and 32 bytes
    private static final List<Integer> BEHIND = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 40);

    /** What Jackson makes of it: tokens and where they end, and the refusal if there is one. */
    private static List<String> read(JsonFactory factory, byte[] text, int start, int end) {
        List<String> read = new ArrayList<>();
        try (JsonParser parser = factory.createParser(text, start, end - start)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                read.add(token + " at " + parser.currentTokenLocation().getByteOffset());
            }
        } catch (JsonParseException refused) {
            read.add(refused.getOriginalMessage() + " at "
                    + refused.getLocation().getByteOffset());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return read;
    }

    private static void assertReadAlike(String json) {
        byte[] text = ("##" + json + "##").getBytes(StandardCharsets.UTF_8);
        int end = text.length - 2;
        assertThat(read(SKIPPING, text, 2, end)).as(json).isEqualTo(read(STOCK, text, 2, end));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "\\n",
                "\\\\",
                "\\\"",
                "\\u00e9",
                "\\ud83d\\ude00",
                "\\u12",
                "\\x",
                "\n",
                "\u001f",
                "\u0001",
                "\u0020",
                "\u007f",
                "\u00e9",
                "\u2603",
                "\ud83d\ude00",
                "!",
                "#",
                "[",
                "]",
                "\"",
                "\",\"",
                "\\",
                "'"
            })
    void readsEveryStringAsJacksonDoesWhereverItsCharactersStand(String special) {
        for (int before = 0; before < ALIGNMENTS; before++) {
            for (int behind : BEHIND) {
                String string = "a".repeat(before) + special + "b".repeat(behind);
                assertReadAlike("[\"" + string + "\",{\"k\":\"" + string + special + "\"},7]");
                assertReadAlike("\"" + string);
            }
        }
    }

    @Test
    void readsEachByteBesideOthersAsJacksonDoes() {
        for (char first = 1; first < 0x80; first++) {
            for (char second : new char[] {' ', '!', '"', '#', '\\', ']', '\n', '\u007f', '\u00e9'}) {
                assertReadAlike("[\"" + first + second + "abcdefgh\",7]");
                assertReadAlike("[\"abc" + second + first + second + first + "defgh\",7]");
            }
        }
    }

    @Test
    void takesNothingForAnotherEncoding() {
        byte[] text = "[\"x\"]".getBytes(StandardCharsets.UTF_16LE); // what Jackson itself would guess

        assertThat(read(SKIPPING, text, 0, text.length).toString()).contains("CTRL-CHAR, code 0");
    }

    @Test
    void givesTheTextOfStringsThatAreAskedFor() throws IOException {
        byte[] text = "[\"skipped \\n \u00e9\",\"wanted \\n \u00e9\"]".getBytes(StandardCharsets.UTF_8);

        try (JsonParser parser = SKIPPING.createParser(text, 0, text.length)) {
            parser.nextToken();
            parser.nextToken();
            assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_STRING);
            assertThat(parser.getText()).isEqualTo("wanted \n \u00e9");
            assertThat(parser.nextToken()).isEqualTo(JsonToken.END_ARRAY);
        }
    }
}
