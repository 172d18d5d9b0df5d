package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a list method with the places of its entries, so that entries can be cut out while every
 * other byte stays as the server wrote it: schemas are never re-serialised, and what is left is not read again.
 */
public final class ListDocument {
    private final RawPayload raw;
    private final @Nullable ListIndex index;

    /**
     * One entry of the list: a range of the result's bytes.
     *
     * @param key the value of the member that names it; {@code null} if it has none, and then nobody can be allowed it
     * @param start where it begins
     * @param end where it has ended
     */
    public record Entry(@Nullable String key, int start, int end) {}

    private ListDocument(RawPayload raw, @Nullable ListIndex index) {
        this.raw = raw;
        this.index = index;
    }

    /**
     * Reads a list result.
     *
     * @param result the result of e.g. {@code tools/list}
     * @param list the member that holds the entries, e.g. {@code tools}
     * @param key the member that names an entry, e.g. {@code name}
     */
    public static ListDocument read(JsonReader reader, Payload result, String list, String key) {
        RawPayload raw = reader.raw(result);
        ListIndex noted = raw.peek().list;
        return new ListDocument(raw, noted != null && noted.is(list, key) ? noted : find(raw, list, key));
    }

    private static @Nullable ListIndex find(RawPayload raw, String list, String key) {
        ListIndex[] found = new ListIndex[1];
        raw.reader().again(raw, (member, tokens) -> {
            if (member.equals(list) && tokens.current() == JsonToken.START_ARRAY) {
                found[0] = ListIndex.read(tokens, list, key, raw.start(), Integer.MAX_VALUE);
            } else {
                tokens.skip();
            }
        });
        return found[0];
    }

    /** Whether the list was there at all. */
    public boolean isList() {
        return index != null;
    }

    /** The entries, in the server's order. */
    public List<Entry> entries() {
        return index == null ? List.of() : index.entries();
    }

    /** The bytes of one entry, as the server wrote it. */
    public String text(Entry entry) {
        return text(entry.start(), entry.end());
    }

    /** The text of another member of the result, as JSON. */
    public Optional<String> member(String name) {
        String[] found = new String[1];
        raw.reader().again(raw, (member, tokens) -> {
            int start = tokens.start() - raw.start();
            tokens.skip();
            if (member.equals(name)) {
                found[0] = text(start, tokens.end() - raw.start());
            }
        });
        return Optional.ofNullable(found[0]);
    }

    private String text(int start, int end) {
        return new String(raw.bytes(), raw.start() + start, end - start, StandardCharsets.UTF_8);
    }

    /**
     * The result without the entries that are not kept; what is left is joined without the space that stood between. Where it
     * says in {@code cacheScope} who may keep it, it says {@code private} from now on: a list that is cut for one caller is
     * not for others (2026-07-28, "Caching").
     *
     * @param kept one flag for each entry, in order
     * @return the same payload if nothing changes
     */
    public Payload keepForOne(boolean[] kept) {
        ListCut cut = new ListCut(raw, entries(), kept);
        return cut.changesNothing() ? raw : cut.apply();
    }
}
