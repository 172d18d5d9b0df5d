package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.core.json.ListDocument.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a list that a server gave, noted while its bytes were read and checked: a list is as long as the rest of a
 * message is short, and to pass over it a second time only to find them again would cost as much as reading it did.
 *
 * @param list the member that holds the entries
 * @param key the member that names an entry
 * @param entries in the server's order
 */
record ListIndex(String list, String key, List<Entry> entries) {
    /** Beyond this nothing is noted, and whoever wants the entries passes over the list again: noting costs memory. */
    static final int NOTED_MAX = 10_000;

    /** What the methods that list things call their lists, and what names the entries of each. */
    private static final Map<String, String> KEYS = Map.of(
            "tools", "name",
            "prompts", "name",
            "resources", "uri",
            "resourceTemplates", "uriTemplate",
            "tasks", "taskId");

    /** What names the entries of a list; {@code null} if no method gives a list in a member of that name. */
    static @Nullable String keyOf(String member) {
        return KEYS.get(member);
    }

    boolean is(String otherList, String otherKey) {
        return list.equals(otherList) && key.equals(otherKey);
    }

    /**
     * Passes over the list whose first token is current, checking all of it.
     *
     * @param base what offsets are relative to
     * @param max how many entries to note
     * @return {@code null} if there are more
     */
    static @Nullable ListIndex read(JsonReader.Tokens tokens, String list, String key, int base, int max)
            throws IOException, MalformedMessage {
        List<Entry> entries = new ArrayList<>();
        while (tokens.value() != JsonToken.END_ARRAY) {
            int start = tokens.start() - base;
            String name = name(tokens, key);
            if (entries.size() == max) {
                tokens.skipRest();
                return null;
            }
            entries.add(new Entry(name, start, tokens.end() - base));
        }
        return new ListIndex(list, key, entries);
    }

    private static @Nullable String name(JsonReader.Tokens tokens, String key) throws IOException, MalformedMessage {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skip();
            return null;
        }
        String name = null;
        while (tokens.value() != JsonToken.END_OBJECT) {
            boolean named = tokens.name().equals(key);
            if (tokens.value() == JsonToken.VALUE_STRING && named) {
                name = tokens.text();
            }
            tokens.skip();
        }
        return name;
    }
}
