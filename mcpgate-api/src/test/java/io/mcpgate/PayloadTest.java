package io.mcpgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static String json(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    @Test
    void writesJsonValuesInOrder() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("text", "a\"b\\c\n\u0001é😀");
        members.put("whole", 7);
        members.put("decimal", new BigDecimal("1.10"));
        members.put("double", 0.5);
        members.put("flag", true);
        members.put("nothing", null);
        members.put("list", Arrays.asList(1L, null, List.of(), Map.of()));

        assertThat(json(Payload.of(members)))
                .isEqualTo("{\"text\":\"a\\\"b\\\\c\\u000a\\u0001é😀\",\"whole\":7,\"decimal\":1.10,\"double\":0.5,"
                        + "\"flag\":true,\"nothing\":null,\"list\":[1,null,[],{}]}");
    }

    @Test
    void isNotChangedByChangingWhatItWasMadeOf() {
        List<Object> list = new ArrayList<>(List.of("a"));
        Map<String, Object> members = new HashMap<>(Map.of("list", list));

        Payload payload = Payload.of(members);
        list.add("b");
        members.put("more", 1);

        assertThat(json(payload)).isEqualTo("{\"list\":[\"a\"]}");
    }

    @Test
    void refusesWhatIsNoJsonAndSaysWhere() {
        assertThatThrownBy(() -> Payload.of(Map.of("a", List.of(Map.of("b", new Object())))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("$.a[0].b");
        assertThatThrownBy(() -> Payload.of(Map.of("a", Double.NaN))).hasMessageContaining("$.a");
        assertThatThrownBy(() -> Payload.of(Map.of("a", "\ud800"))).hasMessageContaining("lone surrogate");
        assertThatThrownBy(() -> Payload.of(Map.of("a", Map.of(1, 2)))).hasMessageContaining("must be a String");
    }

    @Test
    void findsStringsByPath() {
        Payload payload = Payload.of(Map.of("ref", Map.of("name", "greet"), "count", 3));

        assertThat(payload.string("ref", "name")).contains("greet");
        assertThat(payload.string("count")).isEmpty();
        assertThat(payload.string("ref", "name", "deeper")).isEmpty();
        assertThat(payload.string("absent")).isEmpty();
    }

    @Test
    void doesNotShowItsContentInToString() {
        assertThat(Payload.of(Map.of("password", "hunter2"))).hasToString("Payload[1 members]");
    }
}
