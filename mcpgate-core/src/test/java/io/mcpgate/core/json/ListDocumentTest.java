package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListDocumentTest {
    private static final String TOOLS =
            "{ \"ttlMs\" : 5, \"tools\" : [ {\"name\":\"a\", \"inputSchema\":{\"$ref\":\"x\",\"name\":\"no\"}} ,\n"
                    + " {\"description\":\"é\",\"name\":\"b\"}, {\"name\":\"c\"} ], \"cacheScope\":\"public\" }";

    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    private ListDocument read(String json) {
        return ListDocument.read(reader, payload(json), "tools", "name");
    }

    private Payload payload(String json) {
        try {
            return reader.payload(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static String json(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    @Test
    void findsTheEntriesByTheirOwnNames() {
        assertThat(read(TOOLS).entries()).extracting(ListDocument.Entry::key).containsExactly("a", "b", "c");
    }

    @Test
    void isTheSamePayloadWhenNothingIsCut() {
        Payload original = payload(TOOLS.replace("public", "private"));
        ListDocument document = ListDocument.read(reader, original, "tools", "name");

        assertThat(document.keepForOne(new boolean[] {true, true, true})).isSameAs(original);
    }

    @Test
    void cutsEntriesAndLeavesEveryOtherByte() {
        Payload cut = read(TOOLS).keepForOne(new boolean[] {false, true, false});

        assertThat(json(cut))
                .isEqualTo(
                        "{ \"ttlMs\" : 5, \"tools\" : [ {\"description\":\"é\",\"name\":\"b\"} ], \"cacheScope\":\"private\" }");
    }

    @Test
    void canCutEverything() {
        Payload cut = read(TOOLS).keepForOne(new boolean[] {false, false, false});

        assertThat((List<?>) cut.members().get("tools")).isEmpty();
    }

    @Test
    void hasNoKeyForEntriesThatHaveNone() {
        assertThat(read("{\"tools\":[7,{\"name\":3},{},null]}").entries())
                .hasSize(4)
                .allMatch(entry -> entry.key() == null);
    }

    @Test
    void saysWhenThereIsNoList() {
        assertThat(read("{\"tools\":{\"name\":\"a\"}}").isList()).isFalse();
        assertThat(read("{}").isList()).isFalse();
        assertThat(read("{\"tools\":[]}").isList()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tools\":[{\"name\":\"a\"},7, {\"name\":\"b\"}],\"cacheScope\":\"public\",\"progressToken\":3}",
                "{\"cacheScope\" : \"public\" ,\"progressToken\":\"x\", \"tools\":[{\"name\":\"a\"},7,{\"name\":\"b\"} ]}",
                "{\"cacheScope\":null,\"tools\":[ 1, {\"name\":\"\\u0061\"},{\"name\":\"b\"}],\"resultType\":\"complete\"}",
                "{\"_meta\":{\"progressToken\":5},\"tools\":[{\"x\":[{}]},{},[]],\"cacheScope\":{\"a\":[1]},\"ttlMs\":0}",
                "{\"cacheScope\":\"private\",\"tools\":[\"a\",\"b\",\"c\"],\"nextCursor\":\"n\",\"progressToken\":1}",
            })
    void isWhatReadingTheCutTextAgainWouldGive(String json) throws MalformedMessage {
        for (int flags = 0; flags < 8; flags++) {
            boolean[] kept = {(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};

            RawPayload cut = (RawPayload) read(json).keepForOne(kept);

            RawPayload again = reader.payload(json(cut).getBytes(StandardCharsets.UTF_8));
            assertThat(cut.peek())
                    .usingRecursiveComparison()
                    .ignoringFields("list")
                    .isEqualTo(again.peek());
            assertThat(cut.members()).isEqualTo(again.members());
            assertThat(json.contains("cacheScope")).isEqualTo("private".equals(cut.member("cacheScope")));
            assertThat((List<?>) cut.member("tools")).hasSize(Integer.bitCount(flags));
        }
    }

    @Test
    void canBeCutAgain() {
        Payload once = read(TOOLS).keepForOne(new boolean[] {true, false, true});
        ListDocument document = ListDocument.read(reader, once, "tools", "name");
        assertThat(document.entries()).extracting(ListDocument.Entry::key).containsExactly("a", "c");

        assertThat((List<?>) document.keepForOne(new boolean[] {false, true})
                        .members()
                        .get("tools"))
                .hasSize(1);
    }

    @Test
    void findsTheEntriesOfAListThatIsLongerThanWhatReadingNotes() {
        int entries = ListIndex.NOTED_MAX + 5;
        String json = "{\"a\":1,\"tools\":[" + "{\"name\":\"x\"},".repeat(entries - 1) + "{\"name\":\"y\"}],\"b\":2}";

        ListDocument document = read(json);

        assertThat(((RawPayload) payload(json)).peek().list).isNull();
        assertThat(document.entries()).hasSize(entries);
        assertThat(document.entries().get(entries - 1).key()).isEqualTo("y");
        assertThat(document.member("b")).contains("2");
    }

    @Test
    void findsAListThatIsNotTheOnlyOne() {
        ListDocument document = read("{\"prompts\":[{\"name\":\"p\"}],\"tools\":[{\"name\":\"t\"}],\"tasks\":[]}");

        assertThat(document.entries()).extracting(ListDocument.Entry::key).containsExactly("t");
    }

    @Test
    void givesAMemberAsItStands() {
        assertThat(read(TOOLS).member("cacheScope")).contains("\"public\"");
        assertThat(read(TOOLS).member("nextCursor")).isEmpty();
    }
}
