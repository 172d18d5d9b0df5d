package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
        Payload original = payload(TOOLS);
        ListDocument document = ListDocument.read(reader, original, "tools", "name");

        assertThat(document.keep(new boolean[] {true, true, true}, Map.of(), reader))
                .isSameAs(original);
    }

    @Test
    void cutsEntriesAndLeavesEveryOtherByte() {
        Payload cut = read(TOOLS).keep(new boolean[] {false, true, false}, Map.of("cacheScope", "\"private\""), reader);

        assertThat(json(cut))
                .isEqualTo(
                        "{ \"ttlMs\" : 5, \"tools\" : [ {\"description\":\"é\",\"name\":\"b\"} ], \"cacheScope\":\"private\" }");
    }

    @Test
    void canCutEverything() {
        Payload cut = read(TOOLS).keep(new boolean[] {false, false, false}, Map.of(), reader);

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
}
