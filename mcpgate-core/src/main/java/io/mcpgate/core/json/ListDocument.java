package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a list method with the places of its entries, so that entries can be cut out while every
 * other byte stays as the server wrote it: schemas are never re-serialised.
 */
public final class ListDocument {
    private final RawPayload raw;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Span> members = new LinkedHashMap<>();
    private boolean array;

    /**
     * One entry of the list.
     *
     * @param key the value of the member that names it; {@code null} if it has none, and then nobody can be allowed it
     */
    public record Entry(@Nullable String key, Span whole) {}

    /** A range of the result's bytes: from {@code start}, up to and without {@code end}. */
    public record Span(int start, int end) {}

    private ListDocument(RawPayload raw) {
        this.raw = raw;
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
        ListDocument document = new ListDocument(raw);
        try (JsonParser parser = reader.open(raw.bytes(), raw.start(), raw.end())) {
            parser.nextToken();
            document.readMembers(parser, list, key);
        } catch (IOException impossible) {
            throw new UncheckedIOException("Bytes that were read once cannot be read again", impossible);
        }
        return document;
    }

    private void readMembers(JsonParser parser, String list, String key) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            int start = start(parser, parser.nextToken());
            if (member.equals(list) && parser.currentToken() == JsonToken.START_ARRAY) {
                array = true;
                readEntries(parser, key);
            } else {
                parser.skipChildren();
            }
            members.put(member, new Span(start, end(parser)));
        }
    }

    private void readEntries(JsonParser parser, String key) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int start = start(parser, parser.currentToken());
            String name = null;
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    boolean named = parser.currentName().equals(key);
                    JsonToken token = parser.nextToken();
                    if (named && token == JsonToken.VALUE_STRING) {
                        name = parser.getText();
                    } else {
                        parser.skipChildren();
                    }
                }
            } else {
                parser.skipChildren();
            }
            entries.add(new Entry(name, new Span(start, end(parser))));
        }
    }

    private static int start(JsonParser parser, JsonToken current) {
        assert parser.currentToken() == current;
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) throws IOException {
        parser.finishToken();
        return (int) parser.currentLocation().getByteOffset();
    }

    /** Whether the list was there at all. */
    public boolean isList() {
        return array;
    }

    /** The entries, in the server's order. */
    public List<Entry> entries() {
        return entries;
    }

    /** The bytes of one entry, as the server wrote it. */
    public String text(Entry entry) {
        return text(entry.whole());
    }

    /** The text of another member of the result, as JSON. */
    public Optional<String> member(String name) {
        return Optional.ofNullable(members.get(name)).map(this::text);
    }

    private String text(Span span) {
        return new String(raw.bytes(), raw.start() + span.start(), span.end() - span.start(), StandardCharsets.UTF_8);
    }

    /**
     * The result without the entries that are not kept.
     *
     * @param kept one flag for each entry, in order
     * @param changes other members to replace where they stand, by name, as JSON text
     * @return the same payload if nothing changes
     */
    public Payload keep(boolean[] kept, Map<String, String> changes, JsonReader reader) {
        List<Edit> edits = new ArrayList<>();
        cut(kept, edits);
        changes.forEach((name, text) -> {
            Span place = members.get(name);
            if (place != null && !text(place).equals(text)) {
                edits.add(new Edit(place, text));
            }
        });
        return edits.isEmpty() ? raw : apply(edits, reader);
    }

    /** Replaces maximal runs: from the first entry of the array to the last, written anew with what is kept. */
    private void cut(boolean[] kept, List<Edit> edits) {
        StringBuilder remaining = new StringBuilder();
        boolean all = true;
        for (int i = 0; i < kept.length; i++) {
            all &= kept[i];
            if (kept[i]) {
                remaining.append(remaining.length() == 0 ? "" : ",").append(text(entries.get(i)));
            }
        }
        if (!all) {
            int start = entries.get(0).whole().start();
            int end = entries.get(entries.size() - 1).whole().end();
            edits.add(new Edit(new Span(start, end), remaining.toString()));
        }
    }

    private record Edit(Span place, String text) {}

    private Payload apply(List<Edit> edits, JsonReader reader) {
        edits.sort(Comparator.comparingInt(edit -> edit.place().start()));
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.size());
        int at = 0;
        for (Edit edit : edits) {
            out.write(raw.bytes(), raw.start() + at, edit.place().start() - at);
            out.writeBytes(edit.text().getBytes(StandardCharsets.UTF_8));
            at = edit.place().end();
        }
        out.write(raw.bytes(), raw.start() + at, raw.size() - at);
        return reader.ours(out.toByteArray());
    }
}
