package io.mcpgate.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for {@code x-mcp-header} in one schema, everywhere: a mark where none may be is not passed over, because whoever
 * reads on would see it.
 */
final class HeaderMarks {
    private static final String MARK = "x-mcp-header";
    private static final int MARKS_MAX = 64;
    private static final int DEPTH_MAX = 64;
    private static final Set<String> TYPES = Set.of("string", "integer", "boolean");
    private static final Set<String> MAPS_OF_SCHEMAS =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");
    private static final Set<String> DATA = Set.of("const", "default", "enum", "example", "examples");

    private final List<ParameterHeaders.Mark> marks = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** The marks, in the order of the schema; their headers' names begin with {@code prefix}. */
    List<ParameterHeaders.Mark> in(@Nullable Object schema, String prefix) {
        schema(schema, List.of(), prefix, 0);
        return marks;
    }

    /** A path of {@code null} says that no chain of properties leads here. */
    private void schema(@Nullable Object value, @Nullable List<String> path, String prefix, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("The schema is nested deeper than " + DEPTH_MAX);
        }
        if (value instanceof List<?> schemas) {
            schemas.forEach(each -> schema(each, null, prefix, depth + 1));
        }
        if (!(value instanceof Map<?, ?> schema)) {
            return;
        }
        if (schema.containsKey(MARK)) {
            mark(schema, path, prefix);
        }
        schema.forEach((keyword, inner) -> {
            if (inner instanceof Map<?, ?> named && MAPS_OF_SCHEMAS.contains(keyword)) {
                named.forEach((name, each) -> schema(each, below(path, keyword, name), prefix, depth + 1));
            } else if (!DATA.contains(keyword) && !keyword.equals(MARK)) {
                schema(inner, null, prefix, depth + 1);
            }
        });
    }

    private static @Nullable List<String> below(@Nullable List<String> path, Object keyword, Object name) {
        if (path == null || !keyword.equals("properties")) {
            return null;
        }
        List<String> longer = new ArrayList<>(path);
        longer.add((String) name);
        return longer;
    }

    private void mark(Map<?, ?> schema, @Nullable List<String> path, String prefix) {
        if (path == null || path.isEmpty()) {
            throw new IllegalArgumentException(MARK + " stands where no chain of properties leads to");
        }
        if (!(schema.get(MARK) instanceof String name) || !ForwardedHeaders.isForwarded(prefix + name)) {
            throw new IllegalArgumentException(MARK + " is no name of a header");
        }
        if (!(schema.get("type") instanceof String type) || !TYPES.contains(type)) {
            throw new IllegalArgumentException(MARK + " marks what is no string, integer or boolean");
        }
        if (!names.add(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(MARK + " gives one name to two parameters");
        }
        if (marks.size() == MARKS_MAX) {
            throw new IllegalArgumentException("More than " + MARKS_MAX + " parameters are marked by " + MARK);
        }
        marks.add(new ParameterHeaders.Mark(prefix + name, path));
    }
}
