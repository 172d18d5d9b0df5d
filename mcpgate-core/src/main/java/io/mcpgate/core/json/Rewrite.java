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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a body, each at a path, done in one pass over its bytes: what no change names goes out as it came in. A path
 * is the names of members from the outside to the inside; {@value #ANY} stands for every member or element, and {@value
 * #EACH} for every element of an array and no member of an object.
 *
 * <pre>{@code
 * Rewrite.builder()
 *         .text(uri -> prefix + uri, "content", "*", "resource", "uri")
 *         .put("\"private\"", "cacheScope")
 *         .remove("ttlMs")
 *         .build();
 * }</pre>
 *
 * <p>Immutable, to be built once and used often, by many threads.
 */
public final class Rewrite {
    /** Every member of an object, or every element of an array. */
    public static final String ANY = "*";

    /** Every element of an array; where an object stands, nothing. */
    public static final String EACH = "[]";

    private static final String LITERAL = "\0";

    private final Node root;

    private Rewrite(Node root) {
        this.root = root;
    }

    /** The member of exactly that name in a path, also if it is called as a pattern is: for names that others have chosen. */
    public static String member(String name) {
        return isPattern(name) ? LITERAL + name : name;
    }

    /** Gathers changes. */
    public static Builder builder() {
        return new Builder();
    }

    /** Gathers changes; of two at one path the later counts. Not safe for use by several threads. */
    public static final class Builder {
        private final Node root = new Node();

        private Builder() {}

        /** Changes the string at each such path; another value there stays. */
        public Builder text(UnaryOperator<String> change, String... path) {
            at(path).text = change;
            return this;
        }

        /** Takes out each member at such a path. */
        public Builder remove(String... path) {
            at(path).removed = true;
            return this;
        }

        /** Takes out each object at such a path in which the other changes leave nothing, or in which nothing was. */
        public Builder removeIfEmpty(String... path) {
            at(path).removedIfEmpty = true;
            return this;
        }

        /** Sets a member to a JSON text: where it stands, or else as the last; objects around it are made if need be. */
        public Builder put(String json, String... path) {
            at(path).json = json;
            return this;
        }

        /** As {@link #put(String, String...)}, with a string. */
        public Builder putText(String text, String... path) {
            return put(JsonText.string(text), path);
        }

        /** As {@link #put(String, String...)}, with an array of strings. */
        public Builder putTexts(List<String> texts, String... path) {
            return put(JsonText.array(texts), path);
        }

        /** As {@link #put(String, String...)}, with a body as it stands. */
        public Builder put(Payload body, String... path) {
            return put(StandardCharsets.UTF_8.decode(body.json()).toString(), path);
        }

        private Node at(String... path) {
            Node node = root;
            for (String name : path) {
                node = node.children.computeIfAbsent(name, unused -> new Node());
            }
            return node;
        }

        /** The changes. The builder must not be used again. */
        public Rewrite build() {
            return new Rewrite(root);
        }
    }

    /** What happens at one place, and at those below it. */
    private static final class Node {
        private final Map<String, Node> children = new LinkedHashMap<>();
        private @Nullable UnaryOperator<String> text;
        private @Nullable String json;
        private boolean removed;
        private boolean removedIfEmpty;

        private @Nullable Node child(String name) {
            Node named = children.get(member(name)); // a member may be called as a pattern is
            return named == null ? children.get(ANY) : named;
        }

        private @Nullable Node element() {
            Node each = children.get(EACH);
            return each == null ? children.get(ANY) : each;
        }

        /** What is put here if there is nothing yet; {@code null} if nothing is. */
        private @Nullable String missing() {
            if (json != null) {
                return json;
            }
            StringBuilder object = new StringBuilder();
            children.forEach((name, child) -> append(object, name, isPattern(name) ? null : child.missing()));
            return object.length() == 0 ? null : "{" + object + "}";
        }
    }

    private static boolean isPattern(String name) {
        return name.equals(ANY) || name.equals(EACH);
    }

    private static void append(StringBuilder members, String name, @Nullable String json) {
        if (json != null) {
            String plain = name.startsWith(LITERAL) ? name.substring(LITERAL.length()) : name;
            JsonText.quote(plain, members.append(members.length() == 0 ? "" : ","))
                    .append(':')
                    .append(json);
        }
    }

    /**
     * The body with the changes; the same body if there is nothing to change.
     *
     * @param reader for a body that was never read; what a reader has read is read again by that one, within its limits
     * @throws IllegalArgumentException if a text that was put is not well-formed JSON
     */
    public Payload apply(JsonReader reader, Payload body) {
        RawPayload raw = reader.raw(body);
        List<Edit> edits = new ArrayList<>();
        try (JsonParser parser =
                raw.reader().open(raw.bytes(), raw.start(), raw.end())) { // a server's limits are wider
            parser.nextToken();
            new Walk(raw, parser, edits).value(root);
        } catch (IOException impossible) {
            throw new UncheckedIOException("Bytes that were read once cannot be read again", impossible);
        }
        return edits.isEmpty() ? body : spliced(raw, edits);
    }

    /** The same for bytes that know their reader. */
    public Payload apply(RawPayload body) {
        return apply(body.reader(), body);
    }

    private record Edit(int start, int end, String text) {}

    private static Payload spliced(RawPayload raw, List<Edit> edits) {
        edits.sort(Comparator.comparingInt(Edit::start));
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.size());
        int at = 0;
        for (Edit edit : edits) {
            out.write(raw.bytes(), raw.start() + at, edit.start() - at);
            out.writeBytes(edit.text().getBytes(StandardCharsets.UTF_8));
            at = edit.end();
        }
        out.write(raw.bytes(), raw.start() + at, raw.size() - at);
        return raw.reader().ours(out.toByteArray());
    }

    /** One pass; offsets are into the body. */
    private record Walk(RawPayload raw, JsonParser parser, List<Edit> edits) {

        /**
         * Passes over the current value, and notes what is to change in it.
         *
         * @return whether it will be an empty object
         */
        private boolean value(@Nullable Node node) throws IOException {
            if (node == null) {
                parser.skipChildren();
                return false;
            }
            int start = (int) parser.currentTokenLocation().getByteOffset();
            if (node.json != null) {
                parser.skipChildren();
                edits.add(new Edit(start, end(), node.json));
                return false;
            }
            switch (parser.currentToken()) {
                case START_OBJECT -> {
                    return object(node, start);
                }
                case START_ARRAY -> array(node);
                case VALUE_STRING -> string(node, start);
                default -> {}
            }
            return false;
        }

        private void string(Node node, int start) throws IOException {
            if (node.text != null) {
                String before = parser.getText();
                String after = node.text.apply(before);
                if (!after.equals(before)) {
                    edits.add(new Edit(start, end(), JsonText.string(after)));
                }
            }
        }

        private void array(Node node) throws IOException {
            Node each = node.element();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value(each);
            }
        }

        private boolean object(Node node, int start) throws IOException {
            List<Member> members = new ArrayList<>();
            Map<String, Node> absent = new LinkedHashMap<>(node.children);
            int at = start + 1;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                absent.remove(member(name));
                Node child = node.child(name);
                parser.nextToken();
                int before = edits.size();
                boolean removed = child != null && child.removed;
                boolean empty = value(removed ? null : child);
                if (empty && child != null && child.removedIfEmpty) {
                    edits.subList(before, edits.size()).clear();
                    removed = true;
                }
                members.add(new Member(at, end(), removed));
                at = end();
            }
            boolean anyKept = cut(members);
            StringBuilder added = new StringBuilder();
            absent.forEach((name, child) -> append(added, name, isPattern(name) ? null : child.missing()));
            if (added.length() > 0) {
                edits.add(new Edit(at, at, (anyKept ? "," : "") + added));
            }
            return !anyKept && added.length() == 0;
        }

        /** A member with whatever stands before it, the comma included. */
        private record Member(int start, int end, boolean removed) {}

        /** Whether a member is left. The first that is left loses the comma before it. */
        private boolean cut(List<Member> members) {
            boolean anyKept = false;
            boolean anyCut = false;
            for (Member member : members) {
                if (member.removed()) {
                    edits.add(new Edit(member.start(), member.end(), ""));
                    anyCut = true;
                } else {
                    if (anyCut && !anyKept) {
                        edits.add(new Edit(member.start(), comma(member.start()) + 1, ""));
                    }
                    anyKept = true;
                }
            }
            return anyKept;
        }

        private int comma(int from) {
            int at = from;
            while (raw.bytes()[raw.start() + at] != ',') {
                at++;
            }
            return at;
        }

        private int end() throws IOException {
            parser.finishToken();
            return (int) parser.currentLocation().getByteOffset();
        }
    }
}
