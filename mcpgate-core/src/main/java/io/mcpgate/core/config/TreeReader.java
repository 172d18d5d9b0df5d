package io.mcpgate.core.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tokens → tree. Strict and bounded, with nothing that could make more of a file than stands in it. */
final class TreeReader {
    private static final int DEPTH_MAX = 16;
    private static final int NODES_MAX = 100_000;

    private final JsonParser parser;
    private final Function<JsonParser, @Nullable String> oddity;
    private final Problems problems;
    private final Map<String, Place> places = new HashMap<>();
    private int nodes;

    /**
     * Reads what {@code parser} reads.
     *
     * @param oddity what the current token has that a configuration must not have; {@code null} if nothing
     */
    TreeReader(JsonParser parser, Function<JsonParser, @Nullable String> oddity, Problems problems) {
        this.parser = parser;
        this.oddity = oddity;
        this.problems = problems;
    }

    /** A file is more than a configuration needs: not read any further. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null);
        }
    }

    /** The whole document; {@code null} if it cannot be read, which has then been noted. */
    @Nullable
    Node read() throws IOException {
        try {
            if (parser.nextToken() == null) {
                problems.add(new Place("", 1, 1), "is empty; write at least servers, principals and roles");
                return null;
            }
            Node root = value(new Place("", 1, 1), 0);
            if (parser.nextToken() != null) {
                throw new Unreadable("there is more behind the configuration; a file holds one document");
            }
            return root;
        } catch (Unreadable tooMuch) {
            problems.add(here(""), String.valueOf(tooMuch.getMessage()));
        } catch (JsonProcessingException malformed) {
            problems.add(placeOf(malformed), Syntax.words(malformed));
        }
        return null;
    }

    /** Where something stands, or what is nearest around it. */
    Place place(String path) {
        String at = path;
        while (!places.containsKey(at) && !at.isEmpty()) {
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        Place known = places.getOrDefault(at, new Place("", 1, 1));
        return new Place(path, known.line(), known.column());
    }

    private Node value(Place place, int depth) throws IOException {
        if (depth > DEPTH_MAX || ++nodes > NODES_MAX) {
            throw new Unreadable("is nested deeper than " + DEPTH_MAX + " or has more than " + NODES_MAX + " values");
        }
        refuseOddities(place);
        places.put(place.path(), place);
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(place, depth);
            case START_ARRAY -> sequence(place, depth);
            default -> scalar(place);
        };
    }

    private Node mapping(Place place, int depth) throws IOException {
        Map<String, Node> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place at = here(place.member(key));
            refuseOddities(at);
            parser.nextToken();
            Node node = value(at, depth + 1);
            if (members.putIfAbsent(key, node) != null) {
                problems.add(at, "stands twice; remove one of them");
            }
        }
        return new Node.Mapping(place, members);
    }

    private Node sequence(Place place, int depth) throws IOException {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(here(place.item(items.size())), depth + 1));
        }
        return new Node.Sequence(place, items);
    }

    private Node scalar(Place place) throws IOException {
        return new Node.Scalar(
                place,
                switch (parser.currentToken()) {
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Node.Type.NUMBER;
                    case VALUE_TRUE, VALUE_FALSE -> Node.Type.TRUTH;
                    case VALUE_NULL -> Node.Type.NOTHING;
                    default -> Node.Type.TEXT;
                },
                parser.currentToken() == JsonToken.VALUE_TRUE ? "true" : parser.getText());
    }

    private void refuseOddities(Place place) {
        String found = oddity.apply(parser);
        if (found != null) {
            problems.add(place, found);
        }
    }

    private Place here(String path) {
        var location = parser.currentTokenLocation();
        return new Place(path, location.getLineNr(), location.getColumnNr());
    }

    private static Place placeOf(JsonProcessingException malformed) {
        var location = malformed.getLocation();
        return location == null ? new Place("", 1, 1) : new Place("", location.getLineNr(), location.getColumnNr());
    }
}
