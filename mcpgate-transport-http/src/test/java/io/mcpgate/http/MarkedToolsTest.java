package io.mcpgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkedToolsTest {
    private final MarkedTools tools = new MarkedTools();

    private static Map<String, ?> marked(String name) {
        return Map.of(
                "name",
                name,
                "inputSchema",
                Map.of("properties", Map.of("a", Map.of("type", "string", "x-mcp-header", "A"))));
    }

    private static Map<String, ?> unmarked(String name) {
        return Map.of("name", name, "inputSchema", Map.of("type", "object"));
    }

    private static Payload list(List<?> definitions) {
        return Payload.of(Map.of("tools", definitions));
    }

    @Test
    void knowsTheMarkedToolsOfAList() {
        tools.learn(list(List.of(marked("one"), unmarked("two"))));

        assertThat(tools.marks("one")).isPresent();
        assertThat(tools.marks("two")).isEmpty();
        assertThat(tools.marks("three")).isEmpty();
    }

    @Test
    void keepsWhatOtherPagesSaid() {
        tools.learn(list(List.of(marked("one"))));
        tools.learn(list(List.of(marked("two"))));

        assertThat(tools.marks("one")).isPresent();
    }

    @Test
    void forgetsAToolThatIsMarkedNoMore() {
        tools.learn(list(List.of(marked("one"), marked("two"))));
        tools.learn(list(List.of(unmarked("one"))));

        assertThat(tools.marks("one")).isEmpty();
        assertThat(tools.marks("two")).isPresent();
    }

    @Test
    void forgetsAToolWhoseMarksAreInvalid() {
        tools.learn(list(List.of(marked("one"))));
        tools.learn(list(List.of(Map.of("name", "one", "inputSchema", Map.of("x-mcp-header", "A")))));

        assertThat(tools.marks("one")).isEmpty();
    }

    @Test
    void passesOverWhatIsNoList() {
        tools.learn(Payload.of(Map.of("tools", "x-mcp-header")));
        tools.learn(list(List.of("x-mcp-header", 5, Map.of("x-mcp-header", 1))));

        assertThat(tools.marks("x-mcp-header")).isEmpty();
    }

    @Test
    void keepsABoundedNumberAndThoseThatAreUsed() {
        tools.learn(list(List.of(marked("used"))));
        for (int page = 0; page < 11; page++) {
            List<Object> many = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                many.add(marked("tool-" + page + "-" + i));
            }
            tools.learn(list(many));
            assertThat(tools.marks("used")).isPresent();
        }
        tools.learn(list(List.of(marked("last-1"), marked("last-2"))));
        for (int i = 0; i < 20; i++) {
            tools.learn(list(List.of(marked("more-" + i))));
        }

        assertThat(tools.marks("used")).isPresent();
        assertThat(tools.marks("tool-0-0")).isEmpty();
        assertThat(tools.marks("more-19")).isPresent();
    }
}
