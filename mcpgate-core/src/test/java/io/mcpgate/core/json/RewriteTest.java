package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mcpgate.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewriteTest {
    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);

    private Payload payload(String json) {
        try {
            return reader.payload(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }

    private String applied(Rewrite rewrite, String json) {
        return StandardCharsets.UTF_8
                .decode(rewrite.apply(reader, payload(json)).json())
                .toString();
    }

    @Test
    void leavesABodyAloneInWhichNothingIsToChange() {
        Payload body = payload("{\"a\": [1, {\"b\": \"x\"}]}");
        Rewrite rewrite = Rewrite.builder()
                .remove("z")
                .text(text -> text, "a", "*", "b")
                .text(text -> text + "!", "a", "*", "c")
                .build();

        assertThat(rewrite.apply(reader, body)).isSameAs(body);
    }

    @Test
    void changesTextsAtEveryElementAndNoOtherByte() {
        Rewrite rewrite =
                Rewrite.builder().text(uri -> "s+" + uri, "content", "*", "uri").build();

        assertThat(
                        applied(
                                rewrite,
                                "{ \"content\" : [ {\"uri\" : \"a:\\u00e9\", \"n\":1.0} , {\"uri\":7}, \"uri\", {} ], \"uri\":\"b\" }"))
                .isEqualTo(
                        "{ \"content\" : [ {\"uri\" : \"s+a:é\", \"n\":1.0} , {\"uri\":7}, \"uri\", {} ], \"uri\":\"b\" }");
    }

    @Test
    void changesEachElementOfAnArrayAndNoMemberOfAnObject() {
        Rewrite rewrite = Rewrite.builder()
                .text(uri -> "s+" + uri, "content", "uri")
                .text(uri -> "s+" + uri, "content", "[]", "uri")
                .put("1", "absent", "[]", "x")
                .build();

        assertThat(applied(rewrite, "{\"content\":[{\"uri\":\"a\"},[{\"uri\":\"b\"}]]}"))
                .isEqualTo("{\"content\":[{\"uri\":\"s+a\"},[{\"uri\":\"b\"}]]}");
        assertThat(applied(rewrite, "{\"content\":{\"uri\":\"a\",\"m\":{\"uri\":\"b\"},\"[]\":{\"uri\":\"c\"}}}"))
                .isEqualTo("{\"content\":{\"uri\":\"s+a\",\"m\":{\"uri\":\"b\"},\"[]\":{\"uri\":\"c\"}}}");
    }

    @Test
    void changesStringsThatStandInAnArrayThemselves() {
        Rewrite rewrite =
                Rewrite.builder().text(String::toUpperCase, "uris", "*").build();

        assertThat(applied(rewrite, "{\"uris\":[\"a\",1,\"b\"]}")).isEqualTo("{\"uris\":[\"A\",1,\"B\"]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"x\":1,\"a\":2,\"b\":3}   | {\"a\":2,\"b\":3}",
                "{\"a\":2 , \"x\":1 , \"b\":3} | {\"a\":2 , \"b\":3}",
                "{\"a\":2, \"x\":{\"x\":[]} } | {\"a\":2 }",
                "{ \"x\":1 }                | { }",
                "{ \"x\":1, \"y\":2 }        | { }",
                "{\"x\":1,\"y\":2,\"a\":3,\"z\":4} | {\"a\":3}",
                "{}                        | {}",
            })
    void removesMembersWithTheCommaThatGoesWithThem(String before, String after) {
        Rewrite rewrite = Rewrite.builder().remove("x").remove("y").remove("z").build();

        assertThat(applied(rewrite, before)).isEqualTo(after);
    }

    @Test
    void putsAMemberWhereItStandsOrElseLast() {
        Rewrite rewrite = Rewrite.builder().put("0", "ttlMs").build();

        assertThat(applied(rewrite, "{\"ttlMs\": 300 ,\"a\":1}")).isEqualTo("{\"ttlMs\": 0 ,\"a\":1}");
        assertThat(applied(rewrite, "{\"a\":1 }")).isEqualTo("{\"a\":1,\"ttlMs\":0 }");
        assertThat(applied(rewrite, "{}")).isEqualTo("{\"ttlMs\":0}");
    }

    @Test
    void makesTheObjectsAroundAMemberThatItPuts() {
        Rewrite rewrite = Rewrite.builder()
                .put("\"v\"", "_meta", "x/version")
                .put("{}", "_meta", "x/capabilities")
                .build();

        assertThat(applied(rewrite, "{\"a\":1}"))
                .isEqualTo("{\"a\":1,\"_meta\":{\"x/version\":\"v\",\"x/capabilities\":{}}}");
        assertThat(applied(rewrite, "{\"_meta\":{\"k\":[1]}}"))
                .isEqualTo("{\"_meta\":{\"k\":[1],\"x/version\":\"v\",\"x/capabilities\":{}}}");
    }

    @Test
    void takesTheLastAwayAndPutsAnotherInItsPlace() {
        Rewrite rewrite = Rewrite.builder().remove("a").put("1", "b").build();

        assertThat(applied(rewrite, "{\"a\":0}")).isEqualTo("{\"b\":1}");
        assertThat(applied(rewrite, "{\"c\":2,\"a\":0}")).isEqualTo("{\"c\":2,\"b\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"_meta\":{\"k\":1},\"a\":2}          | {\"a\":2}",
                "{\"a\":2,\"_meta\":{}}                | {\"a\":2}",
                "{\"_meta\":{\"k\":1,\"l\":2}}           | {\"_meta\":{\"l\":2}}",
                "{\"_meta\":[], \"a\":1}               | {\"_meta\":[], \"a\":1}",
            })
    void removesAnObjectInWhichNothingIsLeft(String before, String after) {
        Rewrite rewrite =
                Rewrite.builder().remove("_meta", "k").removeIfEmpty("_meta").build();

        assertThat(applied(rewrite, before)).isEqualTo(after);
    }

    /** Names that the other side has chosen. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "[]", "plain"})
    void takesAMemberForWhatItIsCalledAlsoIfPatternsAre(String name) {
        Rewrite put = Rewrite.builder()
                .put("1", "a", Rewrite.member(name))
                .remove("b", Rewrite.member(name))
                .build();

        assertThat(applied(put, "{\"b\":{\"x\":0,\"" + name + "\":0}}"))
                .isEqualTo("{\"b\":{\"x\":0},\"a\":{\"" + name + "\":1}}");
        assertThat(applied(put, "{\"a\":{\"x\":0,\"" + name + "\":0}}"))
                .isEqualTo("{\"a\":{\"x\":0,\"" + name + "\":1}}");
        assertThat(applied(put, "{\"a\":{\"x\":0}}")).isEqualTo("{\"a\":{\"x\":0,\"" + name + "\":1}}");
    }

    @Test
    void refusesToPutWhatIsNoJson() {
        Rewrite rewrite = Rewrite.builder().put("{", "a").build();

        assertThatIllegalArgumentException().isThrownBy(() -> applied(rewrite, "{\"b\":1}"));
    }

    @Test
    void doesToTheBytesWhatTheSameChangesDoToTheParsedView() {
        Random random = new Random(20_261_122);
        for (int round = 0; round < 2_000; round++) {
            Map<String, Object> members = new LinkedHashMap<>();
            Map<String, Object> expected = new LinkedHashMap<>();
            Rewrite.Builder changes = Rewrite.builder();
            List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
            for (String name : names) {
                if (random.nextBoolean()) {
                    members.put(name, random.nextBoolean() ? "text" : List.of(1L, Map.of("k", "v")));
                }
            }
            expected.putAll(members);
            for (String name : names) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        changes.remove(name);
                        expected.remove(name);
                    }
                    case 1 -> {
                        changes.put("[true]", name);
                        expected.put(name, List.of(true));
                    }
                    case 2 -> {
                        changes.text(text -> text + "!", name);
                        expected.computeIfPresent(name, (key, value) -> value.equals("text") ? "text!" : value);
                    }
                    default -> {}
                }
            }
            Payload after = changes.build().apply(reader, Payload.of(members));

            assertThat(after.value()).isEqualTo(expected);
        }
    }
}
